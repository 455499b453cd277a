-- Record that deliveries are owed to hooks.
-- Reads the names workspace, kind, last, keep_seconds, now and wall.
local SPARE, FEW, DAY = 50, 4, 86400000
local hooks, newly_owed = {}, {}
local inbox, owed = inbox_key(workspace, kind), owed_key(workspace)

local function read_hook(hook)
  hook.facts = redis.call('HMGET', hook.key, 'status', 'revision', 'host')
  hook.exists, hook.active = hook.facts[1], hook.facts[1] == 'active'
end

local function hook_of(name)
  local hook = hooks[name]
  if hook then return hook end
  hook = {key = hook_key(name), name = name, due = {}, log = {}}
  hooks[name] = hook
  guarded(hook.key, read_hook, hook)
  return hook
end

-- A delivery that is queued or in flight stays as it is, so that no target gets it twice at once.
local function write_delivery(hook, id, position, event)
  local key = delivery_key(id)
  if redis.call('HGET', key, 'status') == 'queued' then return false end
  redis.call('HSET', key, 'id', id, 'hook', hook.name, 'workspace', workspace, 'inbox', inbox,
    'position', position, 'event', event, 'status', 'queued', 'tries', 0, 'created_ms', wall, 'due_ms', now)
  -- Its event may be a month old.
  if last == '' then
    redis.call('HSET', key, 'again', wall)
    redis.call('ZREM', hook_dead_key(hook.name), id)
  end
  return true
end

-- Owe one delivery; false where it is owed already, or where its hook was removed meanwhile: no
-- process would ever take that delivery out again. It expires, since its hook may be paused. Those of
-- one step are due in their order.
local function record_owed(id, name, position, event)
  local hook = hook_of(name)
  if not hook.exists then return false end
  local ok, written = guarded(delivery_key(id), write_delivery, hook, id, position, event)
  if not ok or not written then return false end
  redis.call('EXPIRE', delivery_key(id), keep_seconds)
  hook.due[#hook.due + 1] = now - 1 + (#hook.due + 1) / 4096
  hook.due[#hook.due + 1] = id
  hook.log[#hook.log + 1] = now
  hook.log[#hook.log + 1] = id
  newly_owed[#newly_owed + 1] = string.match(position, '^%d+') or now
  newly_owed[#newly_owed + 1] = id
  return true
end

local function write_hook(hook)
  redis.call('ZADD', hook_due_key(hook.name), unpack(hook.due))
  redis.call('ZADD', hooks_due, 'LT', now, hook.name)
  -- No drain claims from a paused hook, so its expired deliveries would stay in the set.
  if not hook.active then
    redis.call('ZREMRANGEBYSCORE', hook_due_key(hook.name), '-inf', now - keep_seconds * 1000 - DAY)
  end
  local log = hook_log_key(hook.name)
  redis.call('ZADD', log, unpack(hook.log))
  -- Cutting the log of a busy hook, and renewing its TTL, happens only now and then.
  local over = redis.call('ZCARD', log) - DELIVERIES_KEPT
  if over > SPARE then redis.call('ZREMRANGEBYRANK', log, 0, over - 1) end
  if over <= 0 or over > SPARE or #hook.log <= FEW then redis.call('EXPIRE', log, keep_seconds) end
end

local function write_hooks()
  for name, hook in pairs(hooks) do
    if hook.log[1] then guarded(hook_due_key(name), write_hook, hook) end
  end
end

local function write_owed()
  if newly_owed[1] then guarded(owed, redis.call, 'ZADD', owed, unpack(newly_owed)) end
end
