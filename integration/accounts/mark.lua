-- Note how the last call of a connection went. One that was removed must not come back as half a
-- record. The cause of a failure that was noted first stays, with its time, until a call succeeds,
-- unless the caller wants it `replaced`. What failed last is noted beside it.
-- Returns the health, its detail, since when, and the last failure, as they are now.
local known = redis.call('HMGET', connection, 'id', 'health', 'health_detail', 'health_since')
if not known[1] then return {health, detail, '', ''} end
local first, since = known[3] or '', known[4] or ''
if health ~= 'failing' then
    first, since, detail = '', '', ''
elseif known[2] ~= 'failing' or replaced == 1 then
    first, since = detail, now
end
redis.call('HSET', connection, 'health', health, 'health_detail', first, 'health_since', since,
    'health_latest', detail)
return {health, first, since, detail}
