-- Take one of the calls that the provider allows this connection, across all our processes.
-- What others go before takes none once its `share` (percent) of them is used, by all. But a
-- tenth of all is its own. What sends took of that before it came (`wanted`) is kept for it in the
-- next window (`owed`). So a sync comes to its end also beside endless sends.
-- Returns the milliseconds to wait, 0 when the call may be made. Beside them it returns the limit,
-- the calls counted with this one, and when they leave the count (ms).
local own = 'count' .. share
local state = redis.call('HMGET', permits, 'blocked', 'ends', 'count', 'limit', own, 'wanted', 'owed')
local blocked, ends, count = tonumber(state[1] or 0), tonumber(state[2] or 0), tonumber(state[3] or 0)
local limit, taken, owed = tonumber(state[4]) or 0, tonumber(state[5] or 0), tonumber(state[7] or 0)
-- Some providers state 0 for no limit. With a limit of 0, no call would ever learn a different one.
if limit < 1 then limit = default_limit end
if blocked > now then return {blocked - now, limit, count, ends} end
local fresh = ends <= now
if fresh then
  ends, count, taken = now + window, 0, 0
  owed = math.min(tonumber(state[6]) or 0, math.ceil(limit / 10), limit - 1)
end
local sends = share == 100
local held_back = count >= limit * share / 100 and taken >= limit / 10
if count + (sends and owed or 0) >= limit or held_back then
  -- A limit that was learned since the last call closes the lane by this (jobs/lane_admit.lua).
  if sends then redis.call('HSET', permits, 'most', limit - owed) end
  if not sends and not held_back then redis.call('HINCRBY', permits, 'wanted', 1) end
  return {ends - now, limit, count, ends}
end
-- Not synced to the disk, for which every send would wait once more. A count that a crash has lost
-- costs a minute of refusals, which delay and lose nothing. A server that does not let scripts
-- choose keeps the count like all else.
local chosen = pcall(redis.set_repl, redis.REPL_NONE)
if fresh then redis.call('HDEL', permits, 'count50', 'count80', 'wanted') end
if owed > 0 and not sends then
  owed = owed - 1
  redis.call('HINCRBY', permits, 'wanted', 1)
end
redis.call('HSET', permits, 'ends', ends, 'count', count + 1, 'most', limit - owed, 'owed', owed)
if share < 100 then redis.call('HSET', permits, own, taken + 1) end
redis.call('PEXPIRE', permits, 3600000)
if chosen then redis.set_repl(redis.REPL_ALL) end
return {0, limit, count + 1, ends}
