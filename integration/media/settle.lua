-- Note how a try to fetch a file ended, if its record is still there. Its sender may have been
-- erased meanwhile, and a record that is written then would never expire.
local record, waiting = media_key(workspace, media), media_waiting_key(connection)
if redis.call('EXISTS', record) == 0 then
  redis.call('ZREM', waiting, media)
  return 0
end
redis.call('HSET', record, 'state', state, 'reason', reason, 'tries', tries)
if due == '' then
  redis.call('ZREM', waiting, media)
else
  redis.call('ZADD', waiting, 'XX', due, media)
end
return 1
