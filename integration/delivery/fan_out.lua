-- Move the fan-out of an inbox from one position to a later one, and owe the events between, in one
-- step. Two processes cannot both fan out the same events, and a crash leaves nothing half done.
-- `events` is a JSON list: position, event id, then id and hook id of each delivery.
-- Returns -1 when another process was faster, or when a hook was made or removed meanwhile. A new
-- hook must not miss an event that came after it. Returns else the number of deliveries.
local fanned = fanout_position_key(workspace, kind)
if (redis.call('GET', fanned) or '') ~= position or (redis.call('GET', hooks_revision_key(workspace)) or '') ~= revision then
  return -1
end
local made = 0
for _, event in ipairs(cjson.decode(events)) do
  for n = 3, #event, 2 do
    local hook = record_owed(event[n], event[n + 1], event[1], event[2])
    if hook then
      made = made + 1
      queue(hook, event[n])
    end
  end
end
write_hooks()
redis.call('SET', fanned, last)
if not redis.call('XRANGE', inbox, '(' .. last, '+', 'COUNT', 1)[1] then redis.call('SREM', fanout_owed, workspace .. ' ' .. kind) end
write_owed()
return made
