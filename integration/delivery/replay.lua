-- Owe deliveries again, also those that were settled.
-- Returns how many are owed now, without those that were queued or in flight already. Where it
-- `hastens`, one that waits for its next try is due now and counts too.
local made = 0

-- A delivery in flight is in no set.
local function hasten(each)
  if redis.call('ZADD', hook_due_key(each.hook), 'XX', 'CH', now, each.id) == 0 then return 0 end
  redis.call('HSET', delivery_key(each.id), 'due_ms', now)
  redis.call('ZADD', hooks_due, 'LT', now, each.hook)
  return 1
end

for _, each in ipairs(deliveries) do
  local hook = record_owed(each.id, each.hook, each.position, each.event)
  if hook then
    queue(hook, each.id)
    made = made + 1
  elseif hastens == 1 then
    local ok, count = guarded(delivery_key(each.id), hasten, each)
    made = made + (ok and count or 0)
  end
end
write_hooks()
write_owed()
if made > 0 and redis.call('LLEN', wake) < 8 then redis.call('RPUSH', wake, '1') end
return made
