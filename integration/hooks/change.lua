-- Change a hook and its place in the index in one step: a hook that is removed at the same moment
-- must not come back as half a record, nor two hooks have one subscription.
-- A hook that is active again is looked at in the same step: should we die before it were, what it is owed would wait for
-- its next event.
-- KEYS: hooks of the workspace (hash: subscription digest -> id), hook, revision of the workspace's hooks, its due set,
-- hooks due, wake.
-- ARGV: digest before, digest after, hook id, status, new revision, then field and value pairs.
-- Returns 'changed', 'gone', or 'taken' when another hook has that subscription.
if redis.call('EXISTS', KEYS[2]) == 0 then return 'gone' end
local owner = redis.call('HGET', KEYS[1], ARGV[2])
if owner and owner ~= ARGV[3] then return 'taken' end
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
redis.call('HSET', KEYS[2], unpack(ARGV, 6))
if ARGV[4] == 'active' then
  redis.call('HDEL', KEYS[2], 'failing_since', 'missing')
  local first = redis.call('ZRANGE', KEYS[4], 0, 0, 'WITHSCORES')[2]
  if first then
    redis.call('ZADD', KEYS[5], 'LT', first, ARGV[3])
    redis.call('RPUSH', KEYS[6], '1')
  end
end
redis.call('SET', KEYS[3], ARGV[5])
return 'changed'
