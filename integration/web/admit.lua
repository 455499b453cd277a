-- Look an API key up and count the request against its minute, in one round trip.
-- KEYS: api keys (hash), rate counter of this key and minute. ARGV: key digest, counter TTL (s).
-- Returns {record or false, count}.
local record = redis.call('HGET', KEYS[1], ARGV[1])
if not record then return {false, 0} end
local count = redis.call('INCR', KEYS[2])
if count == 1 then redis.call('EXPIRE', KEYS[2], ARGV[2]) end
return {record, count}
