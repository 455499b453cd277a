-- Make a delivery that waits for its next try due now, and wake a drain.
-- Returns 0 where it does not wait: one in flight is in no set.
local function hasten()
  if redis.call('ZADD', hook_due_key(hook), 'XX', 'CH', now, id) == 0 then return 0 end
  redis.call('HSET', delivery_key(id), 'due_ms', now)
  redis.call('ZADD', hooks_due, 'LT', now, hook)
  if redis.call('LLEN', wake) < 8 then redis.call('RPUSH', wake, '1') end
  return 1
end
local ok, made = guarded(delivery_key(id), hasten)
return ok and made or 0
