-- Remove a hook and what it was owed. What stayed among the workspace's owed deliveries would keep
-- its events in the inbox, whatever RETENTION_EVENTS says.
-- KEYS: hooks of the workspace, hook, its due set, its log, hooks due, owed of the workspace,
-- its busy set, whose deliveries are forgotten when they end or their lease does.
-- ARGV: digest, hook id, key prefix of deliveries.
for _, id in ipairs(redis.call('ZRANGE', KEYS[3], 0, -1)) do
  redis.call('DEL', ARGV[3] .. id)
  redis.call('ZREM', KEYS[6], id)
end
for _, id in ipairs(redis.call('ZRANGE', KEYS[7], 0, -1)) do redis.call('ZREM', KEYS[6], id) end
if redis.call('HGET', KEYS[1], ARGV[1]) == ARGV[2] then redis.call('HDEL', KEYS[1], ARGV[1]) end
redis.call('ZREM', KEYS[5], ARGV[2])
return redis.call('DEL', KEYS[2], KEYS[3], KEYS[4])
