-- Give deliveries back whose process died: their lease has run out.
-- KEYS: hooks due, leased, wake, broken records. ARGV: now, key prefix of hooks, key prefix of
-- deliveries.
-- Returns how many.
local function give_back(id)
  local key = ARGV[3] .. id
  local facts = redis.call('HMGET', key, 'hook', 'host')
  local hook = facts[1]
  if hook then redis.call('ZREM', ARGV[2] .. hook .. ':busy', id) end
  if facts[2] then redis.call('ZREM', facts[2] .. ':busy', id) end
  if hook and redis.call('EXISTS', ARGV[2] .. hook) == 0 then
    -- Given back to a hook that was removed, it would lie there for ever.
    redis.call('DEL', key)
  elseif hook then
    redis.call('HSET', key, 'status', 'queued')
    redis.call('HDEL', key, 'token')
    redis.call('ZADD', ARGV[2] .. hook .. ':due', ARGV[1], id)
    redis.call('ZADD', KEYS[1], 'LT', ARGV[1], hook)
  end
end

local ids = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', ARGV[1], 'LIMIT', 0, 500)
for _, id in ipairs(ids) do
  redis.call('ZREM', KEYS[2], id)
  guarded(KEYS[4], ARGV[1], ARGV[3] .. id, give_back, id)
end
if #ids > 0 then redis.call('RPUSH', KEYS[3], '1') end
return #ids
