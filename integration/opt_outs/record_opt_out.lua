-- Record what a person wants of one sender, unless a later wish is known, and its event.
-- A channel may show an old STOP again after a START: only the time of the wish decides.
-- A START that comes first ends what held for all senders, or for every account.
-- Returns 1 where the wish changed something, else 0.
local function read(field)
  local known = redis.call('HGET', opt_outs, field)
  return known and cjson.decode(known) or {}
end

local function holds(wishes)
  for _, each in pairs({wishes[sender] or false, wishes[''] or false}) do
    if each and each.out then return true end
  end
  return false
end

local entries = read(name)
local before = entries[sender]
if before and before.at_ms >= at_ms then return 0 end
local was_out = before and before.out or holds(entries) or holds(read(every))
entries[sender] = cjson.decode(entry)
redis.call('HSET', opt_outs, name, cjson.encode(entries))
-- By its latest wish: so the list is read.
if at_ms > (tonumber(redis.call('ZSCORE', order, name)) or 0) then redis.call('ZADD', order, at_ms, name) end
redis.call('SADD', homes, home)
local out = entries[sender].out
if before and before.out == out or not out and not was_out then return 0 end
if out and answer ~= '' then owe_answer(answered, answer, at_ms) end
redis.call('XADD', inbox, '*', 'e', event)
if redis.call('HLEN', hooks) > 0 then
  redis.call('SADD', fanout_owed, member)
  if redis.call('LLEN', wake) < 8 then redis.call('RPUSH', wake, '1') end
end
return 1
