-- Note how far the first conversation of a back-fill is read: `onward` is what is next of it, '' where
-- it is done. A conversation that was read, `name`, gets the provider's count; one that was
-- not has ''. Another process may have been here first: it then does nothing.
local backfill, counts = backfill_key(connection_id), counts_key(connection_id)
local connection = connection_key(connection_id)
if redis.call('LINDEX', backfill, 0) ~= head then return 0 end
local held = redis.call('EXISTS', connection) == 1
if held then
  redis.call('HINCRBY', connection, 'backfill_found', found)
  redis.call('HINCRBY', connection, 'backfill_refused', refused)
end
if onward ~= '' then redis.call('LSET', backfill, 0, onward); return 1 end
redis.call('LPOP', backfill)
if name ~= '' then redis.call('HSET', counts, name, count); redis.call('HDEL', counts, sent) end
if held then redis.call('HINCRBY', connection, 'backfill_left', -1) end
return 1
