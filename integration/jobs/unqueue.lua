-- unqueue(): take a job out of the queues of a paced connection, whichever of them it waits in. The
-- next of that queue may need less of the budget, so the queue is looked at. Returns whether it
-- waited in one.
local function unqueue(lane, id)
  local waited = false
  for _, scope in ipairs(redis.call('ZRANGE', lane_paced_key(lane), 0, -1)) do
    if redis.call('ZREM', lane_queue_key(lane, scope), id) == 1 then
      -- A phone or sender that is full (full.lua) is tried at its time.
      local at_once = string.sub(scope, 1, 5) ~= 'full.'
      if at_once then redis.call('ZADD', lane_paced_key(lane), 'XX', 0, scope) end
      waited = true
    end
  end
  redis.call('ZREM', lane_ends_key(lane), id)
  return waited
end
