-- Note how the last call of a connection went. One that was removed must not come back as half a
-- record. The cause of a failure that was noted first stays until a call succeeds, unless the
-- caller wants it `replaced`.
-- Returns the health and its detail as they are now.
local known = redis.call('HMGET', connection, 'id', 'health', 'health_detail')
local fails = health == 'failing' and known[2] == 'failing'
if not known[1] or (fails and replaced == 0) then return {known[2] or health, known[3] or detail} end
redis.call('HSET', connection, 'health', health, 'health_detail', detail)
return {health, detail}
