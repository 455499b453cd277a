-- Look an API key up and count the request against its limit, in one round trip.
-- KEYS: api keys (hash), the calls of this key. ARGV: key digest, limit, in so many milliseconds.
-- Returns {record or false, calls counted, milliseconds until the oldest leave the count}.
local record = redis.call('HGET', KEYS[1], ARGV[1])
if not record then return {false, 0, 0} end
return {record, count_call(KEYS[2], tonumber(ARGV[2]), tonumber(ARGV[3]))}
