-- Store what the provider says of its own limit. The limit, what remains of it and the milliseconds
-- until its reset are '' where the provider does not say.
-- `blocked_ms` is 0 where it accepts calls.
local stated, left, reset = tonumber(limit), tonumber(remaining), tonumber(reset_ms)
if stated then redis.call('HSET', permits, 'limit', stated) end
if left and reset and stated then
  -- Calls that are still on their way are not in the provider's count. So ours is never lowered
  -- inside one window, or many processes would believe in the same last permit.
  local state = redis.call('HMGET', permits, 'ends', 'count')
  local ends, count = tonumber(state[1] or 0), tonumber(state[2] or 0)
  local used = stated - left
  if math.abs(ends - (now + reset)) < 2000 and count > used then used = count end
  redis.call('HSET', permits, 'ends', now + reset, 'count', used)
end
if blocked_ms > 0 then redis.call('HSET', permits, 'blocked', now + blocked_ms) end
redis.call('PEXPIRE', permits, 3600000)
return 1
