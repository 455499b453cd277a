-- Change the pacing of a connection, '' for none, and let it hold at once for what waits.
-- Returns 1, or 0 where the connection is gone or its pacing is no longer `before`.
local name = connection_key(lane)
if redis.call('EXISTS', name) == 0 then return 0 end
if (redis.call('HGET', name, 'pacing') or '') ~= before then return 0 end
if after == '' then redis.call('HDEL', name, 'pacing') else redis.call('HSET', name, 'pacing', after) end
free_queues(lane)
redis.call('SET', connections_stamp_key(workspace), stamp)
if redis.call('EXISTS', lane_due_key(lane)) == 1 then redis.call('ZADD', lanes, 'LT', now, lane) end
return 1
