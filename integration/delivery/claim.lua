-- claim(): take deliveries that are due, a few from each hook and host, so that none starves another.
-- What `own` holds is told in drain_step.lua.
-- Gives back for each: id, hook id, hook revision, tries so far, workspace, attempts so far, and the place of its
-- event among the second list, 0 where the event is gone.

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
  hold(own, round, hook, id)
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
  local busy = redis.call('HMGET', own.busy, name, own.hosts .. (facts[3] or ''))
  local hook = opened(own, round, name, facts, busy[1], busy[2])
  local host = round.hosts[hook.host]
  local at_host, most = host.room, free(round, hook)
  if most > 0 then
    local ids = redis.call('ZRANGEBYSCORE', key .. ':due', '-inf', own.now, 'LIMIT', 0, most)
    if ids[1] then redis.call('ZREM', key .. ':due', unpack(ids)) end
    for _, id in ipairs(ids) do
      guarded(own.broken, own.now, own.deliveries .. id, take, own, round, hook, id)
    end
  end
  -- A hook at its cap is looked at again when one of its deliveries ends. Only what was truly taken fills it: of
  -- records that are gone none will end and look again.
  local next_ = redis.call('ZRANGE', key .. ':due', 0, 0, 'WITHSCORES')
  if not next_[1] or hook.room <= 0 then return table.insert(round.idle, name) end
  -- Not before now: a hook with a long backlog would come before all others for ever.
  local at = math.max(tonumber(next_[2]), own.now)
  if at_host <= most then at = math.max(at, host.again) end
  table.insert(round.later, at)
  table.insert(round.later, name)
end

local function claim(own, room, cap, host_cap)
  local round = holding(room, cap, host_cap)
  round.rows, round.idle, round.later, round.events = {}, {}, {}, {all = {}, places = {}}
  if room <= 0 then return round end
  for _, name in ipairs(redis.call('ZRANGEBYSCORE', own.due, '-inf', own.now, 'LIMIT', 0, 256)) do
    if round.room <= 0 then break end
    if not guarded(own.broken, own.now, own.hooks .. name, serve, own, round, name) then
      table.insert(round.idle, name)
    end
  end
  write_held(own, round)
  if round.later[1] then redis.call('ZADD', own.due, unpack(round.later)) end
  if round.idle[1] then redis.call('ZREM', own.due, unpack(round.idle)) end
  return round
end
