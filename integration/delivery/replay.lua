-- Owe deliveries again, also those that were settled.
-- Returns how many are owed now, without those that were queued or in flight already.
local made = 0
for _, each in ipairs(deliveries) do
  local hook = record_owed(each.id, each.hook, each.position, each.event)
  if hook then
    queue(hook, each.id)
    made = made + 1
  end
end
write_hooks()
write_owed()
if made > 0 and redis.call('LLEN', wake) < 8 then redis.call('RPUSH', wake, '1') end
return made
