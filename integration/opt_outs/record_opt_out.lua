-- Record what a person wants of one sender, unless a later wish is known, and its event.
-- A channel may show an old STOP again after a START: only the time of the wish decides.
-- Returns 1 where the wish changed something, else 0.
local known = redis.call('HGET', opt_outs, name)
local entries = known and cjson.decode(known) or {}
local before = entries[sender]
if before and before.at_ms >= at_ms then return 0 end
entries[sender] = cjson.decode(entry)
redis.call('HSET', opt_outs, name, cjson.encode(entries))
redis.call('SADD', homes, home)
if (before and before.out or false) == entries[sender].out then return 0 end
if entries[sender].out and answer ~= '' then owe_answer(answered, answer, at_ms) end
redis.call('XADD', inbox, '*', 'e', event)
if redis.call('HLEN', hooks) > 0 then
  redis.call('SADD', fanout_owed, member)
  if redis.call('LLEN', wake) < 8 then redis.call('RPUSH', wake, '1') end
end
return 1
