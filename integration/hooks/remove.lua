-- Remove a hook and its deliveries that are not settled. A delivery that stayed among the
-- workspace's owed ones would keep its event in the inbox, against RETENTION_EVENTS.
-- Deliveries in flight go when their attempt ends, or when the lease of their drain does.
local hooks, owed, hook_due = hooks_key(workspace), owed_key(workspace), hook_due_key(hook_id)
for _, id in ipairs(redis.call('ZRANGE', hook_due, 0, -1)) do
  redis.call('DEL', delivery_key(id))
  redis.call('ZREM', owed, id)
end
local in_flight = redis.call('HGETALL', leased)
for i = 1, #in_flight, 2 do
  if string.match(in_flight[i + 1], '^%S+ (%S+)') == hook_id then redis.call('ZREM', owed, in_flight[i]) end
end
-- Found by its id: the digest of one that SECRET_KEY does not open cannot be made again.
local subscriptions = redis.call('HGETALL', hooks)
for i = 1, #subscriptions, 2 do
  if subscriptions[i + 1] == hook_id then redis.call('HDEL', hooks, subscriptions[i]) end
end
redis.call('SET', hooks_revision_key(workspace), revision)
redis.call('ZREM', hooks_due, hook_id)
redis.call('DEL', hook_log_key(hook_id), hook_hours_key(hook_id), hook_answers_key(hook_id), hook_bodies_key(hook_id), hook_dead_key(hook_id))
return redis.call('DEL', hook_key(hook_id), hook_due)
