-- claim(): lease deliveries that are due, a few from each hook and host, so that none starves another.
-- Each row holds id, hook id, hook revision, tries, workspace, attempts so far, and a place. The
-- place is that of the event in `payloads`, 0 where the event is gone.
-- Reads the names hooks_due, busy, broken and now.
local rows, payloads, places, idle, later = {}, {}, {}, {}, {}

-- The place of an event in `payloads`; an event that goes to many hooks is there once.
local function payload_place(inbox, position, body)
  local name = body or ((inbox or '') .. ' ' .. (position or ''))
  if places[name] then return places[name] end
  if not body then
    -- A position that makes no sense holds no event, like one that was trimmed away.
    local found = redis.pcall('XRANGE', inbox or '', position or '', position or '')
    body = found[1] and found[1][2][2]
  end
  if body then payloads[#payloads + 1] = body end
  places[name] = body and #payloads or 0
  return places[name]
end

local function take(leases, hook, id)
  local key = delivery_key(id)
  local facts = redis.call('HMGET', key, 'tries', 'workspace', 'inbox', 'position', 'body', 'attempts')
  if not facts[2] then return redis.call('DEL', key) end
  if not string.match(facts[1] or '', '^%d+$') then
    -- Something else wrote it, and all readers need a number.
    facts[1] = '0'
    redis.call('HSET', key, 'tries', facts[1])
  end
  local place = payload_place(facts[3], facts[4], facts[5])
  table.insert(rows, {id, hook.name, hook.revision, facts[1], facts[2], facts[6] or '', place})
  take_lease(leases, hook, id)
end

local function serve(leases, name)
  local key, due = hook_key(name), hook_due_key(name)
  local facts = redis.call('HMGET', key, 'status', 'revision', 'host')
  if facts[1] ~= 'active' then
    table.insert(idle, name)
    if facts[1] then return end
    -- REMOVE takes a hook's deliveries along; something else deleted this hook.
    redis.call('DEL', due)
    return redis.call('ZADD', broken, 'NX', now, key)
  end
  local in_flight = redis.call('HMGET', busy, name, host_key(facts[3] or ''))
  local hook = open_hook(leases, name, facts, in_flight[1], in_flight[2])
  local host = leases.hosts[hook.host]
  local at_host, most = host.room, room_for(leases, hook)
  if most > 0 then
    local ids = redis.call('ZRANGEBYSCORE', due, '-inf', now, 'LIMIT', 0, most)
    if ids[1] then redis.call('ZREM', due, unpack(ids)) end
    for _, id in ipairs(ids) do guarded(delivery_key(id), take, leases, hook, id) end
  end
  -- A hook at its cap is due again when one of its deliveries ends. Only leases count: a record
  -- that is gone never ends.
  local next_ = redis.call('ZRANGE', due, 0, 0, 'WITHSCORES')
  if not next_[1] or hook.room <= 0 then return table.insert(idle, name) end
  -- Not before now: otherwise a hook with a long backlog would always come before all others.
  local at = math.max(tonumber(next_[2]), now)
  if at_host <= most then at = math.max(at, host.again) end
  table.insert(later, at)
  table.insert(later, name)
end

local function claim(room)
  if room <= 0 then return end
  local leases = new_leases(room)
  for _, name in ipairs(redis.call('ZRANGEBYSCORE', hooks_due, '-inf', now, 'LIMIT', 0, 256)) do
    if leases.room <= 0 then break end
    if not guarded(hook_key(name), serve, leases, name) then table.insert(idle, name) end
  end
  write_leases(leases)
  if later[1] then redis.call('ZADD', hooks_due, unpack(later)) end
  if idle[1] then redis.call('ZREM', hooks_due, unpack(idle)) end
end
