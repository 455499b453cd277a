-- Putting deliveries among what is owed to hooks. `own` names the hooks due, the workspace's owed set, wake and broken
-- records, the prefixes of hooks and deliveries, the workspace, its inbox, now (ms), now as people read it, the TTL
-- (s), the least length of a log; `own.round` is there where a drain would take them at once (see take_lease.lua).
local SPARE, FEW, DAY = 50, 4, 86400000

local function look_up(own, hook)
  local facts = redis.call('HMGET', hook.key, 'status', 'revision', 'host')
  hook.there, hook.active = facts[1], facts[1] == 'active'
  -- Nothing new goes before what is due already.
  if own.round and hook.active and redis.call('ZCOUNT', hook.key .. ':due', '-inf', own.now) == 0 then
    hook.facts = facts
  end
end

local function known(own, hooks, name)
  local hook = hooks[name]
  if hook then return hook end
  hook = {key = own.hooks .. name, name = name, due = {}, log = {}}
  hooks[name] = hook
  guarded(own.broken, own.now, hook.key, look_up, own, hook)
  return hook
end

-- See, for a drain that would take of them, what of the hooks of these events is under way.
local function open_all(own, hooks, events)
  local some, names = {}, {}
  for _, event in ipairs(events) do
    for n = 4, #event, 2 do
      local hook = known(own, hooks, event[n])
      if hook.facts and not hook.asked then
        hook.asked = true
        some[#some + 1] = hook
        names[#names + 1] = hook.name
        names[#names + 1] = own.hosts .. (hook.facts[3] or '')
      end
    end
  end
  local busy = some[1] and redis.call('HMGET', own.busy, unpack(names))
  for n, hook in ipairs(some) do
    local ok, open = guarded(own.broken, own.now, hook.key, opened, own, own.round, hook.name, hook.facts,
      busy[2 * n - 1], busy[2 * n])
    hook.open = ok and open or nil
  end
end

-- A delivery that is under way is left alone, so that nothing is sent beside itself.
local function record(own, hook, id, position, event)
  local key = own.deliveries .. id
  local facts = redis.call('HMGET', key, 'status', 'id')
  if facts[1] == 'queued' then return false end
  -- Settled before, it may be about to be forgotten.
  if facts[2] then redis.call('PERSIST', key) end
  redis.call('HSET', key, 'id', id, 'hook', hook.name, 'workspace', own.workspace, 'inbox', own.inbox,
    'position', position, 'event', event, 'status', 'queued', 'tries', 0, 'created_ms', own.wall, 'due_ms', own.now)
  return true
end

-- Owe one; gives back its hook, or nil where nothing is owed anew. A hook that was removed meanwhile is owed nothing:
-- nobody would ever take it out again.
local function owe(own, hooks, id, name, position, event)
  local hook = known(own, hooks, name)
  if not hook.there then return nil end
  local ok, anew = guarded(own.broken, own.now, own.deliveries .. id, record, own, hook, id, position, event)
  if not ok or not anew then return nil end
  hook.log[#hook.log + 1] = own.now
  hook.log[#hook.log + 1] = id
  own.more[#own.more + 1] = string.match(position, '^%d+') or own.now
  own.more[#own.more + 1] = id
  return hook
end

-- What waits may wait for ever, where its hook is paused; what is under way is over soon (see finish.lua, release_dead_drains.lua).
local function queue(own, hook, id)
  redis.call('EXPIRE', own.deliveries .. id, own.ttl)
  hook.due[#hook.due + 1] = own.now
  hook.due[#hook.due + 1] = id
end

local function write_hook(own, hook)
  if hook.due[1] then
    redis.call('ZADD', hook.key .. ':due', unpack(hook.due))
    redis.call('ZADD', own.due, 'LT', own.now, hook.name)
    -- No drain claims from a paused hook, so its expired deliveries would stay in the set.
    if not hook.active then
      redis.call('ZREMRANGEBYSCORE', hook.key .. ':due', '-inf', own.now - own.ttl * 1000 - DAY)
    end
  end
  local log = hook.key .. ':log'
  redis.call('ZADD', log, unpack(hook.log))
  -- The log of a busy hook is cut, and its time begun anew, now and then.
  local over = redis.call('ZCARD', log) - own.kept
  if over > SPARE then redis.call('ZREMRANGEBYRANK', log, 0, over - 1) end
  if over <= 0 or over > SPARE or #hook.log <= FEW then redis.call('EXPIRE', log, own.ttl) end
end

local function write_hooks(own, hooks)
  for _, hook in pairs(hooks) do
    if hook.log[1] then guarded(own.broken, own.now, hook.key .. ':due', write_hook, own, hook) end
  end
end

local function write_owed(own)
  if own.more[1] then guarded(own.broken, own.now, own.owed, redis.call, 'ZADD', own.owed, unpack(own.more)) end
end
