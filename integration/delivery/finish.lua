-- finish(): record how a group of attempts ended. What `own` holds is told in drain_step.lua.
-- `ended` is a list of seven values for each: id, owed key, status, due (ms), tries, attempts as JSON parts,
-- HTTP status (0 for no answer, -1 when nothing was tried).
-- An attempt that the drain does not hold any more is not recorded: its delivery is another's by now.
local MOST_MISSING, MOST_UNANSWERED, BREAK = 20, 5, 30000
local MEND = ' Mend the target, then set status to active.'

-- A host that did not answer several times in a row is left alone for a while.
local function note_host(own, host, codes)
  for _, code in ipairs(codes) do
    if code > 0 then
      redis.call('DEL', host)
    elseif redis.call('HINCRBY', host, 'fails', 1) >= MOST_UNANSWERED then
      redis.call('HSET', host, 'open_until', own.now + BREAK)
    end
  end
  if codes[1] then redis.call('EXPIRE', host, 3600) end
end

local function pause(hook, why)
  if hook.status ~= 'active' then return end
  hook.status = 'paused'
  redis.call('HSET', hook.key, 'status', hook.status, 'status_detail', why .. MEND)
end

local function note_health(own, hook, delivered, code)
  if code < 0 or (delivered and not hook.failing and not hook.missing) then return end
  if delivered then
    hook.failing, hook.missing = false, false
    redis.call('HDEL', hook.key, 'failing_since', 'missing')
    return
  end
  if code ~= 404 then
    redis.call('HDEL', hook.key, 'missing')
  elseif redis.call('HINCRBY', hook.key, 'missing', 1) >= MOST_MISSING then
    pause(hook, 'The target answered 404 many times in a row; it seems to be gone.')
  end
  redis.call('HSETNX', hook.key, 'failing_since', own.now)
  hook.failing, hook.missing = tonumber(redis.call('HGET', hook.key, 'failing_since')), code == 404
  if own.now - hook.failing >= own.patience then
    pause(hook, 'Every delivery of the last five days failed.')
  end
end

local function read_hook(own, hook)
  local facts = redis.call('HMGET', hook.key, 'status', 'failing_since', 'missing')
  hook.status, hook.failing, hook.missing = facts[1], facts[2], facts[3]
end

local function record(own, ended, hook)
  local id, _, status, due, tries, attempts, code = unpack(ended)
  local key = own.deliveries .. id
  if not hook.status then
    -- The hook was removed meanwhile; so is what it was owed.
    redis.call('DEL', key)
    return 'settled'
  end
  redis.call('HSET', key, 'status', status, 'due_ms', due, 'tries', tries, 'attempts', attempts)
  redis.call('EXPIRE', key, status == 'queued' and own.ttl or own.settled_ttl)
  if status == 'queued' then redis.call('ZADD', hook.key .. ':due', due, id) end
  guarded(own.broken, own.now, hook.key, note_health, own, hook, status == 'delivered', code)
  return status == 'queued' and 'queued' or 'settled'
end

-- Hooks that were at their cap are looked at again.
local function look_again(own, hooks)
  local due = {}
  for name, hook in pairs(hooks) do
    local next_ = redis.call('ZRANGE', hook.key .. ':due', 0, 0, 'WITHSCORES')
    if next_[1] then
      due[#due + 1] = math.max(tonumber(next_[2]), own.now)
      due[#due + 1] = name
    end
  end
  if due[1] then redis.call('ZADD', own.due, 'LT', unpack(due)) end
end

local function holders(own, ended)
  local ids = {}
  for n, each in ipairs(ended) do ids[n] = each[1] end
  return ids[1] and redis.call('HMGET', own.leased, unpack(ids)) or {}
end

local function finish(own, ended)
  local hooks, hosts, owed, over, counts = {}, {}, {}, {}, {}
  local held = holders(own, ended)
  for n, each in ipairs(ended) do
    local id, owed_key, code = each[1], each[2], each[7]
    local token, name, host = string.match(held[n] or '', '^(%S+) (%S+) (%S+)$')
    if token == own.token then
      local hook = hooks[name]
      if not hook then
        hook = {key = own.hooks .. name}
        hooks[name] = hook
        guarded(own.broken, own.now, hook.key, read_hook, own, hook)
      end
      over[#over + 1] = id
      counts[name], counts[host] = (counts[name] or 0) - 1, (counts[host] or 0) - 1
      hosts[host] = hosts[host] or {}
      -- Of answers in a row the first says as much as all.
      if code >= 0 and not (code > 0 and hosts[host][#hosts[host]] == 1) then
        table.insert(hosts[host], code > 0 and 1 or 0)
      end
      local ok, outcome = guarded(own.broken, own.now, own.deliveries .. id, record, own, each, hook)
      if not ok or outcome == 'settled' then
        owed[owed_key] = owed[owed_key] or {}
        table.insert(owed[owed_key], id)
      end
    end
  end
  if not over[1] then return end
  redis.call('HDEL', own.leased, unpack(over))
  count(own.busy, counts)
  for key, some in pairs(owed) do guarded(own.broken, own.now, key, redis.call, 'ZREM', key, unpack(some)) end
  for host, codes in pairs(hosts) do guarded(own.broken, own.now, host, note_host, own, host, codes) end
  look_again(own, hooks)
end
