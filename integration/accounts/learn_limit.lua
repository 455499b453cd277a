-- Believe what the provider says of its own limit.
-- KEYS: permits of the connection. ARGV: now, limit or '', remaining or '', reset (ms) or '',
-- blocked for (ms, 0 when not).
local now, blocked = tonumber(ARGV[1]), tonumber(ARGV[5])
local limit, left, reset = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
if limit then redis.call('HSET', KEYS[1], 'limit', limit) end
if left and reset and limit then
  -- Calls that are still on their way are not in the provider's count: never lower ours
  -- inside one window, or many processes would believe in the same last permit.
  local state = redis.call('HMGET', KEYS[1], 'ends', 'count')
  local ends, count = tonumber(state[1] or 0), tonumber(state[2] or 0)
  local used = limit - left
  if math.abs(ends - (now + reset)) < 2000 and count > used then used = count end
  redis.call('HSET', KEYS[1], 'ends', now + reset, 'count', used)
end
if blocked > 0 then redis.call('HSET', KEYS[1], 'blocked', now + blocked) end
redis.call('PEXPIRE', KEYS[1], 3600000)
return 1
