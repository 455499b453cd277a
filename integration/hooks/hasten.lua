-- Make deliveries that wait for their next try due now, in their order, and wake a drain.
-- With `ends_wait` the time that the target asked for is over as well; one post goes first.
-- Returns how many: one in flight is in no set.
local made, due = 0, hook_due_key(hook)

local function hasten(id, place)
  if not redis.call('ZSCORE', due, id) then return end
  made = made + 1
  -- One that is due already keeps its turn.
  redis.call('ZADD', due, 'LT', now - 1 + place / 4096, id)
  -- What expired has a place in the set still. Its record must not come back as half of one.
  if redis.call('EXISTS', delivery_key(id)) == 1 then
    redis.call('HSET', delivery_key(id), 'due_ms', now, 'again', wall)
  end
end

for place, id in ipairs(ids) do guarded(delivery_key(id), hasten, id, place) end
if made > 0 then
  if ends_wait == 1 then redis.call('HDEL', hook_key(hook), 'wait_until', 'refusals') end
  redis.call('ZADD', hooks_due, 'LT', now, hook)
  if redis.call('LLEN', wake) < 8 then redis.call('RPUSH', wake, '1') end
end
return made
