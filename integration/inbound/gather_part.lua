-- Keep a part of a long text. Returns two lists: the parts of the text, where it is whole now, and
-- those of an unfinished one that had the reference before.
-- A part that comes again is the same by its id, and gives the whole text again.
local text, left = {}, {}
local old = redis.call('HGET', parts, number)
local another = old and cjson.decode(old).id ~= id
if another then
  if redis.call('ZSCORE', due, name) then left = redis.call('HVALS', parts) end
  redis.call('DEL', parts)
  redis.call('ZREM', due, name)
end
redis.call('HSET', parts, number, entry)
redis.call('EXPIRE', parts, PARTS_SECONDS)
if redis.call('HLEN', parts) == total then
  redis.call('ZREM', due, name)
  text = redis.call('HVALS', parts)
elseif another or not old then
  redis.call('ZADD', due, 'NX', due_ms, name)
end
return {text, left}
