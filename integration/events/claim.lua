-- claim(): take deliveries that are due, a few from each hook and host, so that none starves another.
-- What `own` holds is told in round.lua. Nothing is written to a sound delivery: that it is under way is said by the leased
-- ones alone, and an attempt that came to nothing leaves no trace in it.
-- Gives back for each: id, hook id, hook revision, tries so far, workspace, attempts so far, and the place of its
-- event among the second list, 0 where the event is gone.
local LOOK_AGAIN = 100

-- The place of an event among the payloads; one that goes to many hooks is told once.
local function payload(events, inbox, position, body)
  local name = body or ((inbox or '') .. ' ' .. (position or ''))
  if events.places[name] then return events.places[name] end
  if not body then
    -- A place that says nonsense holds no event, as one that was trimmed away.
    local rows = redis.pcall('XRANGE', inbox or '', position or '', position or '')
    body = rows[1] and rows[1][2][2]
  end
  if body then events.all[#events.all + 1] = body end
  events.places[name] = body and #events.all or 0
  return events.places[name]
end

-- How many more may go to a host, and until when none may: a host that did not answer several
-- times in a row gets one delivery at a time, and none while its breaker is open.
local function read_host(own, name, most, busy)
  local facts = redis.call('HMGET', name, 'open_until', 'fails')
  local open = tonumber(facts[1] or 0)
  if open > own.now then return {room = 0, again = open} end
  return {room = (facts[1] and 1 or most) - busy, again = own.now + LOOK_AGAIN}
end

local function take(own, round, hook, id)
  local facts = redis.call('HMGET', own.deliveries .. id, 'tries', 'workspace', 'inbox', 'position', 'body', 'attempts')
  if not facts[2] then return redis.call('DEL', own.deliveries .. id) end
  if not string.match(facts[1] or '', '^%d+$') then
    -- Written by somebody else: whoever reads it needs a number.
    facts[1] = '0'
    redis.call('HSET', own.deliveries .. id, 'tries', facts[1])
  end
  local event = payload(round.events, facts[3], facts[4], facts[5])
  table.insert(round.rows, {id, hook.name, hook.revision, facts[1], facts[2], facts[6] or '', event})
  round.held[#round.held + 1] = id
  round.held[#round.held + 1] = own.token .. ' ' .. hook.name .. ' ' .. hook.host
  round.counts[hook.name] = (round.counts[hook.name] or 0) + 1
  round.counts[hook.host] = (round.counts[hook.host] or 0) + 1
  round.room, round.hosts[hook.host].room = round.room - 1, round.hosts[hook.host].room - 1
end

local function serve(own, round, name)
  local key = own.hooks .. name
  local facts = redis.call('HMGET', key, 'status', 'revision', 'host')
  if facts[1] ~= 'active' then
    table.insert(round.idle, name)
    if facts[1] then return end
    -- Ours are removed with what they are owed; this one was deleted by somebody else.
    redis.call('DEL', key .. ':due')
    return redis.call('ZADD', own.broken, 'NX', own.now, key)
  end
  local hook = {name = name, revision = facts[2] or '', host = own.hosts .. (facts[3] or '')}
  local busy = redis.call('HMGET', own.busy, name, hook.host)
  local host = round.hosts[hook.host] or read_host(own, hook.host, round.host_cap, tonumber(busy[2] or 0))
  round.hosts[hook.host] = host
  local at_host, at_hook = host.room, round.cap - tonumber(busy[1] or 0)
  local free = math.min(at_hook, round.room, at_host)
  local before = round.counts[name] or 0
  if free > 0 then
    local ids = redis.call('ZRANGEBYSCORE', key .. ':due', '-inf', own.now, 'LIMIT', 0, free)
    if ids[1] then redis.call('ZREM', key .. ':due', unpack(ids)) end
    for _, id in ipairs(ids) do
      guarded(own.broken, own.now, own.deliveries .. id, take, own, round, hook, id)
    end
    -- Only what was truly taken fills the hook: of records that are gone none will end and look again.
    at_hook = at_hook - ((round.counts[name] or 0) - before)
  end
  -- A hook at its cap is looked at again when one of its deliveries ends.
  local next_ = redis.call('ZRANGE', key .. ':due', 0, 0, 'WITHSCORES')
  if not next_[1] or at_hook <= 0 then return table.insert(round.idle, name) end
  -- Not before now: a hook with a long backlog would come before all others for ever.
  local at = math.max(tonumber(next_[2]), own.now)
  if at_host <= free then at = math.max(at, host.again) end
  table.insert(round.later, at)
  table.insert(round.later, name)
end

local function claim(own, room, cap, host_cap)
  local round = {room = room, cap = cap, host_cap = host_cap, rows = {}, held = {}, counts = {}, hosts = {},
    idle = {}, later = {}, events = {all = {}, places = {}}}
  if room <= 0 then return round end
  for _, name in ipairs(redis.call('ZRANGEBYSCORE', own.due, '-inf', own.now, 'LIMIT', 0, 256)) do
    if round.room <= 0 then break end
    if not guarded(own.broken, own.now, own.hooks .. name, serve, own, round, name) then
      table.insert(round.idle, name)
    end
  end
  if round.held[1] then redis.call('HSET', own.leased, unpack(round.held)) end
  count(own.busy, round.counts)
  if round.later[1] then redis.call('ZADD', own.due, unpack(round.later)) end
  if round.idle[1] then redis.call('ZREM', own.due, unpack(round.idle)) end
  return round
end
