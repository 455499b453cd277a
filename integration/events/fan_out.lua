-- Move fan-out from one position of an inbox to a later one and owe what lies between, in one
-- step: two processes at the same stretch cannot both do it, and a crash has done none of it.
-- KEYS: position, inbox, revision of the workspace's hooks, fan-out owed set, hooks due, owed of the workspace, wake,
-- broken records.
-- ARGV: position expected, new position, revision expected, member, how many more may be owed without waking another
-- drain, now (ms), now as people read it, TTL (s), log length, workspace, key prefixes of hooks and deliveries, then
-- the deliveries as a JSON list (see owe.lua).
-- Returns the number of deliveries owed, or -1 when another process was faster, or a hook was made or removed
-- meanwhile: it must not miss an event that came after it.
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] or (redis.call('GET', KEYS[3]) or '') ~= ARGV[3] then return -1 end
redis.call('SET', KEYS[1], ARGV[2])
if not redis.call('XRANGE', KEYS[2], '(' .. ARGV[2], '+', 'COUNT', 1)[1] then redis.call('SREM', KEYS[4], ARGV[4]) end
local made = owe_all({
  due = KEYS[5], owed = KEYS[6], broken = KEYS[8], inbox = KEYS[2], now = ARGV[6], wall = ARGV[7],
  ttl = ARGV[8], kept = ARGV[9], workspace = ARGV[10], hooks = ARGV[11], deliveries = ARGV[12],
}, cjson.decode(ARGV[13]))
if made > tonumber(ARGV[5]) and redis.call('LLEN', KEYS[7]) < 8 then redis.call('RPUSH', KEYS[7], '1') end
return made
