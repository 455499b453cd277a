-- Count a failed authentication against its client address.
-- KEYS: the failures of the address. ARGV: limit, in so many milliseconds.
-- Returns {failures counted, milliseconds until the oldest leave the count}.
return {count_call(KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]))}
