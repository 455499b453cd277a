-- owe_all(): put deliveries among what is owed to hooks; `wanted` lists id, hook id, position and event id of each.
-- `own` names the hooks due, the workspace's owed set, wake and broken records, the prefixes of hooks and deliveries,
-- the workspace, its inbox, now (ms), now as people read it, the TTL (s), the length of a log.
-- A delivery that is under way is left alone, so that nothing is sent beside itself, and a hook that was removed
-- meanwhile is owed nothing: nobody would ever take it out again.
local function owe(own, wanted, hook)
  local id, name, position, event = unpack(wanted)
  local key = own.deliveries .. id
  if redis.call('HGET', key, 'status') == 'queued' then return false end
  redis.call('HSET', key, 'id', id, 'hook', name, 'workspace', own.workspace, 'inbox', own.inbox,
    'position', position, 'event', event, 'status', 'queued', 'tries', 0, 'created_ms', own.wall, 'due_ms', own.now)
  redis.call('EXPIRE', key, own.ttl)
  hook.due[#hook.due + 1] = own.now
  hook.due[#hook.due + 1] = id
  own.more[#own.more + 1] = string.match(position, '^%d+') or own.now
  own.more[#own.more + 1] = id
  return true
end

local function queue(own, name, hook)
  local log = hook.key .. ':log'
  redis.call('ZADD', hook.key .. ':due', unpack(hook.due))
  redis.call('ZADD', own.due, 'LT', own.now, name)
  redis.call('ZADD', log, unpack(hook.due))
  redis.call('ZREMRANGEBYRANK', log, 0, -1 - own.kept)
  redis.call('EXPIRE', log, own.ttl)
end

local function owe_all(own, wanted)
  local made, hooks = 0, {}
  own.more = {}
  for _, each in ipairs(wanted) do
    local id, name = each[1], each[2]
    local hook = hooks[name] or {key = own.hooks .. name, due = {}}
    if not hooks[name] then
      hooks[name] = hook
      local ok, there = guarded(own.broken, own.now, hook.key, redis.call, 'HEXISTS', hook.key, 'status')
      hook.there = ok and there == 1
    end
    local ok, owed = hook.there, false
    if ok then ok, owed = guarded(own.broken, own.now, own.deliveries .. id, owe, own, each, hook) end
    made = made + (ok and owed and 1 or 0)
  end
  for name, hook in pairs(hooks) do
    if hook.due[1] then guarded(own.broken, own.now, hook.key .. ':due', queue, own, name, hook) end
  end
  if own.more[1] then redis.call('ZADD', own.owed, unpack(own.more)) end
  return made
end
