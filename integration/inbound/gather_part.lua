-- Keep a part of a long text. Returns the parts of the text, where it is whole now. Those of an
-- unfinished one that had the reference before are put aside, and given at the next turn of `late`.
-- A part that comes again is the same by its id, and gives the whole text again. One that comes long
-- before or after the others belongs to another text: phones use a reference again.
-- Each entry begins with when its part was received (ms) and a digest of its id.
local old = redis.call('HGET', parts, number)
local same, another = false, false
if old then
  same = string.match(old, '^%d+ (%x+) ') == id
  another = not same
end
if not same then
  for _, each in ipairs(redis.call('HVALS', parts)) do
    local at = tonumber(string.match(each, '^(%d+) '))
    if not at or math.abs(at - at_ms) > near_ms then another = true end
  end
end
if another then
  if redis.call('ZREM', due, name) == 1 then
    redis.call('HSET', parts .. aside, unpack(redis.call('HGETALL', parts)))
    redis.call('EXPIRE', parts .. aside, PARTS_SECONDS)
    redis.call('ZADD', due, 0, name .. aside)
  end
  redis.call('DEL', parts)
end
if not same then redis.call('HSET', parts, number, entry) end
redis.call('EXPIRE', parts, PARTS_SECONDS)
if redis.call('HLEN', parts) == total then
  redis.call('ZREM', due, name)
  return redis.call('HVALS', parts)
elseif not same then
  redis.call('ZADD', due, 'NX', due_ms, name)
end
return {}
