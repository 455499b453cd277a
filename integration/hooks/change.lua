-- Change a hook and its place in the index in one step. A hook that is removed at the same moment
-- must not come back as half a record, nor may two hooks have one subscription.
-- A hook that becomes active wakes a drain in the same step. Otherwise a crash in between would
-- leave its deliveries waiting until its next event.
-- Returns 'changed', 'gone', or 'taken' when another hook has that subscription.
if redis.call('EXISTS', hook) == 0 then return 'gone' end
local owner = redis.call('HGET', hooks, digest)
if owner and owner ~= hook_id then return 'taken' end
redis.call('HDEL', hooks, digest_before)
redis.call('HSET', hooks, digest, hook_id)
redis.call('HSET', hook, unpack(fields))
if status == 'active' then
  redis.call('HDEL', hook, 'failing_since', 'window', 'ceiling', 'wait_until', 'refusals', 'hung')
  local first = redis.call('ZRANGE', hook_due, 0, 0, 'WITHSCORES')[2]
  if first then
    redis.call('ZADD', hooks_due, 'LT', first, hook_id)
    redis.call('RPUSH', wake, '1')
  end
end
redis.call('SET', hooks_revision, revision)
return 'changed'
