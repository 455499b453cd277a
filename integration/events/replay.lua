-- Owe deliveries again, whatever became of them before.
-- KEYS: inbox, hooks due, owed of the workspace, wake, broken records.
-- ARGV: now (ms), now as people read it, TTL (s), log length, workspace, key prefixes of hooks and deliveries, then the
-- deliveries as a JSON list (see owe.lua).
-- Returns how many are owed now; those already under way are not counted.
local made = owe_all({
  due = KEYS[2], owed = KEYS[3], broken = KEYS[5], inbox = KEYS[1], now = ARGV[1], wall = ARGV[2],
  ttl = ARGV[3], kept = ARGV[4], workspace = ARGV[5], hooks = ARGV[6], deliveries = ARGV[7],
}, cjson.decode(ARGV[8]))
if made > 0 and redis.call('LLEN', KEYS[4]) < 8 then redis.call('RPUSH', KEYS[4], '1') end
return made
