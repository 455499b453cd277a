-- free_queues(): put all texts that wait in a connection's queues back among those that are due. The
-- next look at its lane sorts them as the connection is then. What was full is tried again.
local function free_queues(lane)
  local due, paced = lane_due_key(lane), lane_paced_key(lane)
  for _, scope in ipairs(redis.call('ZRANGE', paced, 0, -1)) do
    local queue = lane_queue_key(lane, scope)
    redis.call('ZUNIONSTORE', due, 2, due, queue, 'AGGREGATE', 'MIN')
    redis.call('DEL', queue, lane_full_key(lane, scope))
  end
  redis.call('DEL', paced)
end
