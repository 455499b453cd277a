-- owe_all(): put deliveries among what is owed to hooks, from ARGV[first] on: id, hook id, position, event id of each.
-- `own` names the hooks due, the workspace's owed set, wake and broken records, the prefixes of hooks and deliveries,
-- the workspace, its inbox, now (ms), now as people read it, the TTL (s), the length of a log.
-- A delivery that is under way is left alone, so that nothing is sent beside itself, and a hook that was removed
-- meanwhile is owed nothing: nobody would ever take it out again.
local function owe(own, i, hook)
  local key = own.deliveries .. ARGV[i]
  if redis.call('HGET', key, 'status') == 'queued' then return false end
  redis.call('HSET', key, 'id', ARGV[i], 'hook', ARGV[i + 1], 'workspace', own.workspace, 'inbox', own.inbox,
    'position', ARGV[i + 2], 'event', ARGV[i + 3], 'status', 'queued', 'tries', 0, 'created_ms', own.wall, 'due_ms', own.now)
  redis.call('EXPIRE', key, own.ttl)
  hook.due[#hook.due + 1] = own.now
  hook.due[#hook.due + 1] = ARGV[i]
  own.more[#own.more + 1] = string.match(ARGV[i + 2], '^%d+') or own.now
  own.more[#own.more + 1] = ARGV[i]
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

local function owe_all(own, first)
  local made, hooks = 0, {}
  own.more = {}
  for i = first, #ARGV, 4 do
    local name = ARGV[i + 1]
    local hook = hooks[name] or {key = own.hooks .. name, due = {}}
    if not hooks[name] then
      hooks[name] = hook
      local ok, there = guarded(own.broken, own.now, hook.key, redis.call, 'HEXISTS', hook.key, 'status')
      hook.there = ok and there == 1
    end
    local ok, owed = hook.there, false
    if ok then ok, owed = guarded(own.broken, own.now, own.deliveries .. ARGV[i], owe, own, i, hook) end
    made = made + (ok and owed and 1 or 0)
  end
  for name, hook in pairs(hooks) do
    if hook.due[1] then guarded(own.broken, own.now, hook.key .. ':due', queue, own, name, hook) end
  end
  if own.more[1] then redis.call('ZADD', own.owed, unpack(own.more)) end
  return made
end
