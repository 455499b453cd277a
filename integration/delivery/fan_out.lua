-- Owe the deliveries of some events. A fan-out moves its inbox from `position` to `last` in the same
-- step. Two processes cannot both fan out the same events, and a crash leaves nothing half done. With
-- `last` '' deliveries are owed again, also those that were settled, and a drain is woken.
-- `events` is a JSON list: position, event id, then id and hook id of each delivery.
-- Returns -1 when another process was faster, or when a hook was made or removed meanwhile. A new
-- hook must not miss an event that came after it. Returns else the number of deliveries that are owed
-- now, without those that were queued or in flight already.
local fanned, again = fanout_position_key(workspace, kind), last == ''
local stays = (redis.call('GET', fanned) or '') == position and (redis.call('GET', hooks_revision_key(workspace)) or '') == revision
if not stays and not again then return -1 end
local made = 0
for _, event in ipairs(cjson.decode(events)) do
  for n = 3, #event, 2 do
    if record_owed(event[n], event[n + 1], event[1], event[2]) then made = made + 1 end
  end
end
write_hooks()
write_owed()
if again then
  if made > 0 and redis.call('LLEN', wake) < 8 then redis.call('RPUSH', wake, '1') end
  return made
end
redis.call('SET', fanned, last)
if not redis.call('XRANGE', inbox, '(' .. last, '+', 'COUNT', 1)[1] then redis.call('SREM', fanout_owed, workspace .. ' ' .. kind) end
return made
