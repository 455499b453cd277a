-- Make a hook, or find the one that has the same subscription.
-- Returns {id, 1 when it was made}, or {'', 0} when the workspace has its most.
-- The first hook starts the fan-out at the present end of the inbox.
-- An index entry may have outlived its hook, after a change and a removal at once. It is ignored:
-- otherwise no caller could make that subscription again.
local hooks, hook, position = hooks_key(workspace), hook_key(hook_id), fanout_position_key(workspace, kind)
local existing = redis.call('HGET', hooks, digest)
if existing and redis.call('EXISTS', hook_key(existing)) == 1 then return {existing, existing == hook_id and 1 or 0} end
if redis.call('HLEN', hooks) >= most then return {'', 0} end
local last = redis.call('XREVRANGE', inbox_key(workspace, kind), '+', '-', 'COUNT', 1)[1]
local since = last and last[1] or '0-0'
if redis.call('HLEN', hooks) == 0 or redis.call('EXISTS', position) == 0 then
  redis.call('SET', position, since)
end
redis.call('HSET', hooks, digest, hook_id)
redis.call('HSET', hook, 'since', since, unpack(fields))
redis.call('SET', hooks_revision_key(workspace), hook_id)
return {hook_id, 1}
