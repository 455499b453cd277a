-- Take one of the calls that the provider allows this connection, across all our processes.
-- KEYS: permits of the connection. ARGV: now (ms), default limit, default window (ms).
-- Returns 0 when the call may be made, else the milliseconds to wait.
local now, limit, window = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local state = redis.call('HMGET', KEYS[1], 'blocked', 'ends', 'count', 'limit')
local blocked, ends, count = tonumber(state[1] or 0), tonumber(state[2] or 0), tonumber(state[3] or 0)
limit = tonumber(state[4]) or limit
if blocked > now then return blocked - now end
if ends <= now then ends = now + window; count = 0 end
if count >= limit then return ends - now end
redis.call('HSET', KEYS[1], 'ends', ends, 'count', count + 1)
redis.call('PEXPIRE', KEYS[1], 3600000)
return 0
