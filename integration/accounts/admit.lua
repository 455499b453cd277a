-- admitted(): admit a call in the step that does what the call asks for. So the step knows a
-- key that was revoked a moment ago, and admission costs no round trip of its own.
-- Its names begin with key_ (gate.py). An empty key_digest is for a caller who was admitted
-- before. An empty key_record is for a process that has not cached the key's record.
-- Returns whether the call is admitted, and {record, '' for none; calls counted; milliseconds until
-- the oldest of them leave the count}. Where the call is not admitted, the script does nothing
-- and returns the latter. A call whose key has another record than the cached one is not counted.
local function admitted()
  if key_digest == '' then return true, {'', 0, 0} end
  local record = redis.call('HGET', api_keys, key_digest)
  if not record or (key_record ~= '' and key_record ~= record) then
    return false, {record or '', 0, 0}
  end
  local calls, left = count_call(key_calls, key_limit, key_window)
  return calls <= key_limit, {record, calls, left}
end
