-- Remove a hook and what it was owed. What stayed among the workspace's owed deliveries would keep
-- its events in the inbox, whatever RETENTION_EVENTS says.
-- KEYS: hooks of the workspace, hook, its due set, its log, hooks due, owed of the workspace, revision of the
-- workspace's hooks, leased deliveries: those of this hook are forgotten when they end or their lease does.
-- ARGV: digest, hook id, key prefix of deliveries, new revision.
for _, id in ipairs(redis.call('ZRANGE', KEYS[3], 0, -1)) do
  redis.call('DEL', ARGV[3] .. id)
  redis.call('ZREM', KEYS[6], id)
end
local leased = redis.call('HGETALL', KEYS[8])
for i = 1, #leased, 2 do
  if string.match(leased[i + 1], '^%S+ (%S+)') == ARGV[2] then redis.call('ZREM', KEYS[6], leased[i]) end
end
if redis.call('HGET', KEYS[1], ARGV[1]) == ARGV[2] then redis.call('HDEL', KEYS[1], ARGV[1]) end
redis.call('SET', KEYS[7], ARGV[4])
redis.call('ZREM', KEYS[5], ARGV[2])
return redis.call('DEL', KEYS[2], KEYS[3], KEYS[4])
