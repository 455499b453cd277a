-- Move the fan-out of an inbox from one position to a later one, and owe the events between, in one
-- step. Two processes cannot both fan out the same events, and a crash leaves nothing half done.
-- A drain leases at once what it has room for, without a claim. The step ends at the first event of
-- which some deliveries had to wait, since those behind it would only wait as well.
-- `events` is a JSON list: position, event id, then id and hook id of each delivery.
-- Returns -1 when another process was faster, or when a hook was made or removed meanwhile. A new
-- hook must not miss an event that came after it.
-- Returns else the number of deliveries, how many of them wait for an active hook, and how many
-- events were passed. Then, for each leased delivery, its place in the list and its hook's revision.
if (redis.call('GET', fanout_position) or '') ~= position or (redis.call('GET', hooks_revision) or '') ~= revision then
  return {-1, 0, 0, {}}
end
-- A drain without a lease of its own would hold deliveries that no process gives back.
local leases = redis.call('ZSCORE', drains, token) and room > 0 and new_leases(room)

-- New deliveries do not go before those that are due already.
local function has_none_due(hook)
  return hook.active and redis.call('ZCOUNT', hook_due_key(hook.name), '-inf', now) == 0
end

-- Read how many deliveries of the events' hooks are in flight, for a drain that would lease some.
local function open_hooks(events)
  local some, names = {}, {}
  for _, event in ipairs(events) do
    for n = 4, #event, 2 do
      local hook = hook_of(event[n])
      if not hook.asked then
        hook.asked = true
        local ok, free = guarded(hook.key, has_none_due, hook)
        if ok and free then
          some[#some + 1] = hook
          names[#names + 1] = hook.name
          names[#names + 1] = host_key(hook.facts[3] or '')
        end
      end
    end
  end
  local in_flight = some[1] and redis.call('HMGET', busy, unpack(names))
  for n, hook in ipairs(some) do
    local ok, open = guarded(hook.key, open_hook, leases, hook.name, hook.facts, in_flight[2 * n - 1], in_flight[2 * n])
    hook.open = ok and open or nil
  end
end

local made, waiting, place, full, taken = 0, 0, 0, false, {}
local function lease_or_queue(hook, id)
  made = made + 1
  if hook.open and room_for(leases, hook.open) > 0 then
    take_lease(leases, hook.open, id)
    taken[#taken + 1] = place
    taken[#taken + 1] = hook.open.revision
    return
  end
  queue(hook, id)
  -- A delivery to a paused hook waits for a person, not for room.
  if hook.active then waiting = waiting + 1 end
  full = full or hook.open ~= nil
end

local decoded, reached, passed = cjson.decode(events), last, 0
if leases then open_hooks(decoded) end
for _, event in ipairs(decoded) do
  if full then break end
  reached, passed = event[1], passed + 1
  for n = 3, #event, 2 do
    place = place + 1
    local hook = record_owed(event[n], event[n + 1], event[1], event[2])
    if hook then lease_or_queue(hook, event[n]) end
  end
end
if leases then write_leases(leases) end
write_hooks()
redis.call('SET', fanout_position, full and reached or last)
if not full and not redis.call('XRANGE', inbox, '(' .. last, '+', 'COUNT', 1)[1] then
  redis.call('SREM', fanout_owed, member)
end
write_owed()
-- Other drains take what this one has no room for.
if made > 0 and (leases and leases.room or 0) <= 0 and redis.call('LLEN', wake) < 8 then
  redis.call('RPUSH', wake, '1')
end
return {made, waiting, passed, taken}
