-- Drop the deliveries of paused hooks whose event lies before the position `ms`-`sequence`, and count
-- them.
-- Looks at `most` of the workspace's deliveries from the `first` on. Returns how many are left of
-- those, which are owed to hooks at work or belong to another inbox, and how many it looked at.
local left, ids = 0, redis.call('ZRANGEBYSCORE', owed, '-inf', ms, 'LIMIT', first, most)

local function is_older(position)
  local own, number = string.match(position or '', '^(%d+)-(%d+)$')
  return not own or tonumber(own) < ms or tonumber(number) < sequence
end

local function is_dropped(id)
  local facts = redis.call('HMGET', delivery_key(id), 'hook', 'inbox', 'position')
  if not facts[1] then return true end
  if facts[2] ~= inbox or not is_older(facts[3]) then return false end
  if redis.call('HGET', hook_key(facts[1]), 'status') ~= 'paused' then return false end
  redis.call('DEL', delivery_key(id))
  redis.call('ZREM', hook_due_key(facts[1]), id)
  redis.call('HINCRBY', hook_key(facts[1]), 'dropped', 1)
  return true
end

for _, id in ipairs(ids) do
  local ok, dropped = guarded(delivery_key(id), is_dropped, id)
  if ok and dropped then redis.call('ZREM', owed, id) else left = left + 1 end
end
return {left, #ids}
