-- Change a hook and its place in the index in one step. A hook that is removed at the same moment
-- must not come back as half a record, nor may two hooks have one subscription.
-- The caller worked the change out from the revision `before`. Another one since then makes it stale:
-- it would undo that one, or leave its place in the index behind.
-- A hook that is resumed or moved (`fresh`) waits no longer, since the new target asked for no time.
-- It wakes a drain in the same step. After a crash in between, its deliveries would wait for its next
-- event.
-- Returns 'changed', 'stale' (also where the hook is gone), or 'taken' when another hook has that
-- subscription.
local hooks, hook = hooks_key(workspace), hook_key(hook_id)
if redis.call('EXISTS', hook) == 0 or (redis.call('HGET', hook, 'revision') or '') ~= before then return 'stale' end
local owner = redis.call('HGET', hooks, digest)
if owner and owner ~= hook_id then return 'taken' end
redis.call('HDEL', hooks, digest_before)
redis.call('HSET', hooks, digest, hook_id)
redis.call('HSET', hook, 'revision', revision, unpack(fields))
if resumes == 1 then
  -- A hook may have been paused after the caller read it.
  redis.call('HSET', hook, 'status', 'active', 'status_detail', '')
end
if fresh == 1 then
  redis.call('HDEL', hook, 'failing_since', 'window', 'ceiling', 'wait_until', 'refusals', 'hung')
  local first = redis.call('ZRANGE', hook_due_key(hook_id), 0, 0, 'WITHSCORES')[2]
  if first then
    redis.call('ZADD', hooks_due, 'LT', first, hook_id)
    redis.call('RPUSH', wake, '1')
  end
end
redis.call('SET', hooks_revision_key(workspace), revision)
return 'changed'
