-- admitted(): let a call in, in the very step that does what it asks for: it knows a key that was
-- revoked a moment ago, and costs no round trip of its own.
-- The first KEYS of a script that begins with it: api keys (hash), the calls of this key.
-- Its first ARGV: key digest ('' for a caller who was let in before), the record of the key that
-- the script's other arguments rest on ('' for none), limit, in so many milliseconds.
-- Returns whether the call is let in, and {record ('' for none), calls counted, milliseconds until
-- the oldest leave the count}. Where it is not, the script does nothing and returns the latter;
-- a call whose key has another record than was believed is not counted.
local function admitted()
  if ARGV[1] == '' then return true, {'', 0, 0} end
  local record = redis.call('HGET', KEYS[1], ARGV[1])
  if not record or (ARGV[2] ~= '' and ARGV[2] ~= record) then return false, {record or '', 0, 0} end
  local limit = tonumber(ARGV[3])
  local calls, left = count_call(KEYS[2], limit, tonumber(ARGV[4]))
  return calls <= limit, {record, calls, left}
end
