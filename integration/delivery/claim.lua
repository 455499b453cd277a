-- claim(): lease deliveries that are due, of each hook as many as may be in flight for it now.
--
-- A hook has a window (record_ended.lua). Its posts take places of two kinds. A prompt place is one
-- of `room` in this drain, and of PER_HOST of a workspace at one host. A post that hangs gives it
-- back (note_hanging.lua) and holds one of the drain's `hanging_room`. A hook whose last post hung
-- begins with such a place, and has one only. What hangs of a workspace may hold as many places as
-- are free. For a new hook it may hold twice as many, for one that took something lately three times.
-- So nobody can take all.
--
-- Each row holds id, hook id, hook revision, tries, workspace, attempts so far, a place. Then
-- come 1 where it is taken for one that hangs, and 1 for a test. Last is when the event came or was asked for again (ms),
-- and when it was asked for again, '' where it was not. The place is that of the event in `payloads`, 0 where it is gone.
-- Reads the names hooks_due, leased, busy, drains, token, room, hanging_room, places, broken and now,
-- and START of record_ended.lua.
local PER_HOST, LOOK_AGAIN = 50, 100
local rows, payloads, places_of, idle, later = {}, {}, {}, {}, {}
local fields, counts, flying = {}, {}, {}
local free = 0

-- The place of an event in `payloads`; an event that goes to many hooks is there once.
local function payload_place(inbox, position, body)
  local name = body or ((inbox or '') .. ' ' .. (position or ''))
  if places_of[name] then return places_of[name] end
  if not body then
    -- A position that makes no sense holds no event, like one that was trimmed away.
    local found = inbox and redis.pcall('XRANGE', inbox, position or '', position or '') or {}
    body = found[1] and found[1][2][2]
  end
  if body then payloads[#payloads + 1] = body end
  places_of[name] = body and #payloads or 0
  return places_of[name]
end

local function lease(hook, id)
  fields[#fields + 1] = id
  fields[#fields + 1] = token .. ' ' .. hook.name .. ' ' .. hook.counted
  counts[hook.name] = (counts[hook.name] or 0) + 1
  counts[hook.counted] = (counts[hook.counted] or 0) + 1
  flying[hook.counted] = flying[hook.counted] + 1
  if hook.hung then hanging_room = hanging_room - 1 else room = room - 1 end
end

local function take(hook, id)
  local key = delivery_key(id)
  local facts = redis.call('HMGET', key, 'tries', 'workspace', 'inbox', 'position', 'body', 'attempts',
    'again')
  if not facts[2] then return redis.call('DEL', key) end
  if not string.match(facts[1] or '', '^%d+$') then
    -- Something else wrote it, and all readers need a number.
    facts[1] = '0'
    redis.call('HSET', key, 'tries', facts[1])
  end
  local place = payload_place(facts[3], facts[4], facts[5])
  local arrived = facts[7] or string.match(facts[4] or '', '^%d+') or ''
  table.insert(rows, {id, hook.name, hook.revision, facts[1], facts[2], facts[6] or '', place,
    hook.hung and 1 or 0, facts[5] and 1 or 0, arrived, facts[7] or ''})
  hook.taken = hook.taken + 1
  lease(hook, id)
end

-- A hook with its room: `own` is what its window leaves, `most` what others leave of that.
local function open_hook(name, facts)
  local at, hanging = place_name(facts[3], facts[4]), hanging_name(facts[3])
  local read = redis.call('HMGET', busy, name, at, hanging)
  flying[at], flying[hanging] = flying[at] or tonumber(read[2] or 0), flying[hanging] or tonumber(read[3] or 0)
  local window, hung = tonumber(facts[5] or '') or START, facts[7]
  local hook = {name = name, revision = facts[2] or '', hung = hung, counted = hung and hanging or at, taken = 0}
  hook.own = math.floor(window) - tonumber(read[1] or 0)
  local share = (hung and 1 or window > START and 3 or 2) * free - flying[hanging]
  hook.most = math.min(hook.own, share, hung and hanging_room or math.min(room, PER_HOST - flying[at]))
  return hook
end

local function look_again(name, at)
  later[#later + 1] = at
  later[#later + 1] = name
end

local function serve(name)
  local key, due = hook_key(name), hook_due_key(name)
  local facts = redis.call('HMGET', key, 'status', 'revision', 'workspace', 'host', 'window', 'wait_until', 'hung')
  if facts[1] ~= 'active' then
    table.insert(idle, name)
    if facts[1] then return end
    -- REMOVE takes a hook's deliveries along; something else deleted this hook.
    redis.call('DEL', due)
    return redis.call('ZADD', broken, 'NX', now, key)
  end
  local wait_until = tonumber(facts[6] or '') or 0
  if wait_until > now then return look_again(name, wait_until) end
  local hook = open_hook(name, facts)
  if hook.most > 0 then
    local ids = redis.call('ZRANGEBYSCORE', due, '-inf', now, 'LIMIT', 0, hook.most)
    if ids[1] then redis.call('ZREM', due, unpack(ids)) end
    for _, id in ipairs(ids) do guarded(delivery_key(id), take, hook, id) end
  end
  -- A hook at its cap is due again when one of its deliveries ends. Only leases count: a record
  -- that is gone never ends.
  local next_ = redis.call('ZRANGE', due, 0, 0, 'WITHSCORES')
  if not next_[1] or hook.own <= hook.taken then return table.insert(idle, name) end
  -- Not before now: otherwise a hook with a long backlog would always come before all others.
  local at = math.max(tonumber(next_[2]), now)
  if room > 0 and hook.taken >= hook.most then at = math.max(at, now + LOOK_AGAIN) end
  look_again(name, at)
end

local function claim()
  if room <= 0 then return end
  free = redis.call('ZCARD', drains) * places - redis.call('HLEN', leased)
  for _, name in ipairs(redis.call('ZRANGEBYSCORE', hooks_due, '-inf', now, 'LIMIT', 0, 256)) do
    if room <= 0 then break end
    if not guarded(hook_key(name), serve, name) then table.insert(idle, name) end
  end
  if fields[1] then redis.call('HSET', leased, unpack(fields)) end
  count_busy(counts)
  if later[1] then redis.call('ZADD', hooks_due, unpack(later)) end
  if idle[1] then redis.call('ZREM', hooks_due, unpack(idle)) end
end
