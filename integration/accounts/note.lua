-- Note facts of a connection, unless it was removed meanwhile: half a record would stay behind.
if redis.call('EXISTS', connection) == 1 then redis.call('HSET', connection, unpack(facts)) end
