-- Move fan-out from one position of an inbox to a later one and owe what lies between, in one
-- step: two processes at the same stretch cannot both do it, and a crash has done none of it.
-- KEYS: position, inbox, fan-out owed set, hooks due, owed of the workspace, wake, broken
-- records.
-- ARGV: position expected, new position, member, now (ms), now as people read it, TTL (s), log length, workspace,
--       then seven values for each delivery (see owe_all).
-- Returns the number of deliveries owed, or -1 when another process was faster.
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return -1 end
redis.call('SET', KEYS[1], ARGV[2])
local last = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1]
if not last or last[1] == ARGV[2] then redis.call('SREM', KEYS[3], ARGV[3]) end
return owe_all(9, KEYS[4], ARGV[4], ARGV[6], ARGV[7],
  {wall = ARGV[5], workspace = ARGV[8], inbox = KEYS[2], owed = KEYS[5], wake = KEYS[6], broken = KEYS[7]})
