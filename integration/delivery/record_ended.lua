-- record_ended(): record how a group of attempts ended, and what follows for their hooks.
-- Each entry holds id, workspace, the delivery's new status, the outcome, and when it is due (ms, 0 to
-- keep its place). Then tries, the attempts before, this attempt as JSON, and how long the target
-- asked to wait (ms, -1 where it did not). Then come the name of its answer and the answer, both ''
-- where it is not kept. Last is what tally() counts the way from the event by, '' where that is unknown.
-- The outcome is `taken`, `busy` (the target asks for time), `hung` (no
-- answer), `failed`, or `unmade`.
-- An attempt whose lease is over is not recorded: another drain has its delivery.
-- Reads the names hooks_due, leased, broken, token, keep_seconds and now.
local HEALTH = {'failing_since', 'window', 'ceiling', 'wait_until', 'refusals', 'hung', 'last'}
-- How many posts of one hook may be in flight over all drains, at most and to begin with.
local PER_HOOK, START = 16, 1
local GROWTH, SHORTEST, UNASKED, LONGEST_OWN = 16, 1000, 5000, 600000
local PAUSE_AFTER = 5 * 86400000
-- What the ends of attempts count as, in the hours of their hook (count_hours.lua).
local COUNTED = {taken = 't', failed = 'f', hung = 'f', busy = 'b'}

local function read_health(hook)
  local facts = redis.call('HMGET', hook.key, 'status', unpack(HEALTH))
  hook.status, hook.was = facts[1], {}
  for n, name in ipairs(HEALTH) do
    hook.was[name] = facts[n + 1] or nil
    hook[name] = tonumber(facts[n + 1] or '')
  end
  hook.last = hook.was.last
  hook.window, hook.ceiling = hook.window or START, hook.ceiling or PER_HOOK
  hook.wait_until, hook.refusals = hook.wait_until or 0, hook.refusals or 0
end

-- The target refuses while it is busy. The hook waits, and then one post goes first. Posts that were
-- in flight at the first refusal say nothing new.
local function note_busy(hook, asked)
  if hook.wait_until > now then
    hook.wait_until = math.max(hook.wait_until, now + asked)
    return
  end
  local own = UNASKED * 2 ^ hook.refusals
  -- A target that refuses again and again is asked less often than it says.
  if asked >= 0 then own = SHORTEST * 2 ^ (hook.refusals - 3) end
  hook.wait_until = now + math.max(asked, SHORTEST, math.min(own, LONGEST_OWN))
  hook.refusals = hook.refusals + 1
  hook.ceiling, hook.window = math.max(1, math.floor(hook.window / 2)), 1
end

-- Each post that is taken widens the window by one up to its ceiling, and by a sixteenth beyond. The
-- ceiling is half of what was too much last.
local function note_taken(hook)
  hook.failing_since = nil
  if hook.wait_until > now then return end
  hook.refusals, hook.wait_until = 0, 0
  hook.window = math.min(PER_HOOK, hook.window + (hook.window < hook.ceiling and 1 or 1 / GROWTH))
end

local function note_outcome(hook, outcome, attempt, asked)
  if outcome == 'unmade' then return end
  hook.tally[COUNTED[outcome]] = (hook.tally[COUNTED[outcome]] or 0) + 1
  hook.last, hook.hung = attempt, nil
  if outcome == 'taken' then return note_taken(hook) end
  hook.failing_since = hook.failing_since or now
  if outcome == 'busy' then note_busy(hook, asked) end
  if outcome == 'hung' then
    hook.ceiling, hook.window, hook.hung = math.max(1, math.floor(hook.window / 2)), 1, 1
  end
end

local function write_health(hook)
  local set, gone = {}, {}
  if hook.failing_since and now - hook.failing_since >= PAUSE_AFTER and hook.status == 'active' then
    set = {'status', 'paused', 'status_detail', 'Every delivery of the last five days failed.'
      .. ' Mend the target, then set status to active.'}
  end
  for _, name in ipairs(HEALTH) do
    local value = hook[name]
    if value == 0 then value = nil end
    if value and tostring(value) ~= hook.was[name] then
      set[#set + 1] = name
      set[#set + 1] = value
    elseif not value and hook.was[name] then
      gone[#gone + 1] = name
    end
  end
  if set[1] then redis.call('HSET', hook.key, unpack(set)) end
  if gone[1] then redis.call('HDEL', hook.key, unpack(gone)) end
end

local function record_one(entry, hook)
  local id, _, status, outcome, due, tries, before, attempt, asked, name, answer = unpack(entry)
  local key, queued = delivery_key(id), status == 'queued'
  if not hook.status or redis.call('EXISTS', key) == 0 then
    -- The hook was removed meanwhile, and its deliveries with it; or its time is over.
    redis.call('DEL', key)
    return 'settled'
  end
  -- Before those that were owed in the same step and have not been tried.
  if due == 0 then due = (tonumber(redis.call('HGET', key, 'due_ms') or '') or now) - 1 end
  local attempts = before == '' and attempt or before .. ',' .. attempt
  redis.call('HSET', key, 'status', status, 'due_ms', due, 'tries', tries, 'attempts', attempts)
  if queued then redis.call('ZADD', hook_due_key(hook.name), due, id) end
  note_outcome(hook, outcome, attempt, asked)
  if name and name ~= '' then hook.answers[name] = answer end
  if status ~= 'dead' then return queued and 'queued' or 'settled' end
  -- A test that failed is nothing that is owed, or that is sent again with what failed.
  if redis.call('HEXISTS', key, 'body') == 1 then return 'failed test' end
  hook.dead[#hook.dead + 1] = id
  return 'settled'
end

-- Write what was learnt of the hooks. One that was at its cap is due again.
local function close_hook(hook, due)
  if hook.status then write_health(hook) end
  local next_ = redis.call('ZRANGE', hook_due_key(hook.name), 0, 0, 'WITHSCORES')
  if next_[1] then
    due[#due + 1] = math.max(tonumber(next_[2]), hook.wait_until or 0, now)
    due[#due + 1] = hook.name
  end
end

local function list_dead(key, ids)
  for _, id in ipairs(ids) do redis.call('ZADD', key, now, id) end
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now - keep_seconds * 1000)
  redis.call('EXPIRE', key, keep_seconds)
end

local function close_hooks(hooks)
  local due = {}
  for _, hook in pairs(hooks) do
    guarded(hook.key, close_hook, hook, due)
    local hours = hook_hours_key(hook.name)
    guarded(hours, count_hours, hours, hook.tally)
    if next(hook.answers) then guarded(hook_answers_key(hook.name), keep_answers, hook) end
    if hook.dead[1] then guarded(hook_dead_key(hook.name), list_dead, hook_dead_key(hook.name), hook.dead) end
  end
  if due[1] then redis.call('ZADD', hooks_due, 'LT', unpack(due)) end
end

local function read_leases(entries)
  local ids = {}
  for n, entry in ipairs(entries) do ids[n] = entry[1] end
  return ids[1] and redis.call('HMGET', leased, unpack(ids)) or {}
end

local MEASURED = {delivered = 'deliveries_made', queued = 'deliveries_retried', dead = 'deliveries_dead'}

local function measure(ends)
  for name, number in pairs(ends) do redis.pcall('HINCRBY', measures, name, number) end
end

-- What the overview counts of these: deliveries that were taken, and how soon, and those given up.
local DAILY = {delivered = 'taken', dead = 'dead'}

local function note_day(days, entry)
  local what, lasted = DAILY[entry[3]], entry[12]
  if not what then return end
  local own = days[entry[2]] or {}
  days[entry[2]] = own
  own[what] = (own[what] or 0) + 1
  if what == 'taken' and lasted ~= '' then own[lasted] = (own[lasted] or 0) + 1 end
end

local function tally_days(days, hour)
  for workspace, own in pairs(days) do
    for what, number in pairs(own) do tally(workspace, hour, what, number) end
  end
end

local function record_ended(entries, hour)
  local hooks, settled, over, counts, ends, days = {}, {}, {}, {}, {}, {}
  local leases = read_leases(entries)
  for n, entry in ipairs(entries) do
    local id, workspace = entry[1], entry[2]
    local holder, name, place = string.match(leases[n] or '', '^(%S+) (%S+) (%S+)$')
    if holder == token then
      local hook = hooks[name]
      if not hook then
        hook = {key = hook_key(name), name = name, tally = {}, answers = {}, dead = {}}
        hooks[name] = hook
        guarded(hook.key, read_health, hook)
      end
      over[#over + 1] = id
      counts[name], counts[place] = (counts[name] or 0) - 1, (counts[place] or 0) - 1
      local ok, outcome = guarded(delivery_key(id), record_one, entry, hook)
      if outcome ~= 'failed test' then
        local name = entry[4] == 'busy' and 'deliveries_postponed' or MEASURED[entry[3]]
        ends[name] = (ends[name] or 0) + 1
        note_day(days, entry)
      end
      if not ok or outcome ~= 'queued' then
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
  close_hooks(hooks)
  measure(ends)
  tally_days(days, hour)
end
