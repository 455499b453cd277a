-- Take one of the calls that the provider allows this connection, across all our processes.
-- Returns the milliseconds to wait, 0 when the call may be made. Beside them it returns the limit,
-- the calls counted with this one, and when they leave the count (ms).
local state = redis.call('HMGET', permits, 'blocked', 'ends', 'count', 'limit')
local blocked, ends, count = tonumber(state[1] or 0), tonumber(state[2] or 0), tonumber(state[3] or 0)
local limit = tonumber(state[4]) or default_limit
if blocked > now then return {blocked - now, limit, count, ends} end
if ends <= now then ends = now + window; count = 0 end
if count >= limit then return {ends - now, limit, count, ends} end
-- Not synced to the disk, for which every send would wait once more. A count that a crash has lost
-- costs a minute of refusals, which delay and lose nothing. A server that does not let scripts
-- choose keeps the count like all else.
pcall(redis.replicate_commands)
local chosen = pcall(redis.set_repl, redis.REPL_NONE)
redis.call('HSET', permits, 'ends', ends, 'count', count + 1, 'most', limit)
redis.call('PEXPIRE', permits, 3600000)
if chosen then redis.set_repl(redis.REPL_ALL) end
return {0, limit, count + 1, ends}
