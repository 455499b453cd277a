-- Owe deliveries again, whatever became of them before.
-- KEYS: inbox, hooks due, owed of the workspace, wake, broken records.
-- ARGV: now (ms), now as people read it, TTL (s), log length, workspace, key prefixes of hooks and deliveries, then the
-- deliveries as a JSON list: id, hook id, position and event id of each.
-- Returns how many are owed now; those already under way are not counted.
local own = {
  due = KEYS[2], owed = KEYS[3], broken = KEYS[5], inbox = KEYS[1], now = ARGV[1], wall = ARGV[2], more = {},
  ttl = ARGV[3], kept = ARGV[4], workspace = ARGV[5], hooks = ARGV[6], deliveries = ARGV[7],
}
local made, hooks = 0, {}
for _, each in ipairs(cjson.decode(ARGV[8])) do
  local hook = owe(own, hooks, unpack(each))
  if hook then
    queue(own, hook, each[1])
    made = made + 1
  end
end
write_hooks(own, hooks)
write_owed(own)
if made > 0 and redis.call('LLEN', KEYS[4]) < 8 then redis.call('RPUSH', KEYS[4], '1') end
return made
