-- record_ended(): record how a group of attempts ended.
-- Each entry holds id, workspace, status, due (ms), tries, attempts as JSON parts, and the HTTP
-- status: 0 for no answer, -1 where no attempt was made.
-- An attempt whose lease is over is not recorded: another drain has its delivery.
-- Reads the names hooks_due, leased, broken, token, now, ttl, settled_ttl and pause_after.
local MOST_MISSING, MOST_UNANSWERED, BREAK = 20, 5, 30000
local MEND = ' Mend the target, then set status to active.'

-- A host that left several attempts in a row without an answer gets no delivery for a while.
local function note_host(host, codes)
  for _, code in ipairs(codes) do
    if code > 0 then
      redis.call('DEL', host)
    elseif redis.call('HINCRBY', host, 'fails', 1) >= MOST_UNANSWERED then
      redis.call('HSET', host, 'open_until', now + BREAK)
    end
  end
  if codes[1] then redis.call('EXPIRE', host, 3600) end
end

local function pause(hook, why)
  if hook.status ~= 'active' then return end
  hook.status = 'paused'
  redis.call('HSET', hook.key, 'status', hook.status, 'status_detail', why .. MEND)
end

local function note_health(hook, delivered, code)
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
  redis.call('HSETNX', hook.key, 'failing_since', now)
  hook.failing, hook.missing = tonumber(redis.call('HGET', hook.key, 'failing_since')), code == 404
  if now - hook.failing >= pause_after then
    pause(hook, 'Every delivery of the last five days failed.')
  end
end

local function read_health(hook)
  local facts = redis.call('HMGET', hook.key, 'status', 'failing_since', 'missing')
  hook.status, hook.failing, hook.missing = facts[1], facts[2], facts[3]
end

local function record_one(entry, hook)
  local id, _, status, due, tries, attempts, code = unpack(entry)
  local key, queued = delivery_key(id), status == 'queued'
  if not hook.status then
    -- The hook was removed meanwhile, and its deliveries with it.
    redis.call('DEL', key)
    return 'settled'
  end
  redis.call('HSET', key, 'status', status, 'due_ms', due, 'tries', tries, 'attempts', attempts)
  redis.call('EXPIRE', key, queued and ttl or settled_ttl)
  if queued then redis.call('ZADD', hook_due_key(hook.name), due, id) end
  guarded(hook.key, note_health, hook, status == 'delivered', code)
  return queued and 'queued' or 'settled'
end

-- A hook that was at its cap is due again.
local function schedule_hooks(hooks)
  local due = {}
  for name in pairs(hooks) do
    local next_ = redis.call('ZRANGE', hook_due_key(name), 0, 0, 'WITHSCORES')
    if next_[1] then
      due[#due + 1] = math.max(tonumber(next_[2]), now)
      due[#due + 1] = name
    end
  end
  if due[1] then redis.call('ZADD', hooks_due, 'LT', unpack(due)) end
end

local function read_leases(entries)
  local ids = {}
  for n, entry in ipairs(entries) do ids[n] = entry[1] end
  return ids[1] and redis.call('HMGET', leased, unpack(ids)) or {}
end

local function record_ended(entries)
  local hooks, hosts, settled, over, counts = {}, {}, {}, {}, {}
  local leases = read_leases(entries)
  for n, entry in ipairs(entries) do
    local id, workspace, code = entry[1], entry[2], entry[7]
    local holder, name, host = string.match(leases[n] or '', '^(%S+) (%S+) (%S+)$')
    if holder == token then
      local hook = hooks[name]
      if not hook then
        hook = {key = hook_key(name), name = name}
        hooks[name] = hook
        guarded(hook.key, read_health, hook)
      end
      over[#over + 1] = id
      counts[name], counts[host] = (counts[name] or 0) - 1, (counts[host] or 0) - 1
      hosts[host] = hosts[host] or {}
      -- Of answers in a row the first shows as much as all.
      if code >= 0 and not (code > 0 and hosts[host][#hosts[host]] == 1) then
        table.insert(hosts[host], code > 0 and 1 or 0)
      end
      local ok, outcome = guarded(delivery_key(id), record_one, entry, hook)
      if not ok or outcome == 'settled' then
        settled[workspace] = settled[workspace] or {}
        table.insert(settled[workspace], id)
      end
    end
  end
  if not over[1] then return end
  redis.call('HDEL', leased, unpack(over))
  count_busy(counts)
  for workspace, ids in pairs(settled) do
    local key = owed_key(workspace)
    guarded(key, redis.call, 'ZREM', key, unpack(ids))
  end
  for host, codes in pairs(hosts) do guarded(host, note_host, host, codes) end
  schedule_hooks(hooks)
end
