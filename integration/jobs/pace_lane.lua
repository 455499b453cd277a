-- wake_paced(): wake texts of a paced connection. What is due waits in the queue of its scope. So a
-- SIM over its budget holds up no other, and no job is woken in vain. `paced` says of each
-- queue when its first text may go. A text to a new recipient beyond that budget goes into a
-- second queue of its scope (`.new`). So people who were texted before still get theirs. A lane without
-- rules is sorted so as well while a phone or sender of it is full (full.lua).
local AT_ONCE, SORTED = 100, 500
local NEW = '.new'
local PACED = 4

local function is_new(scope) return string.sub(scope, -#NEW) == NEW end

local function enqueue_paced(pacing, lane, scope, id, score)
  redis.call('ZADD', lane_queue_key(lane, scope), score, id)
  redis.call('ZADD', lane_paced_key(lane), 'NX', now, scope)
  -- No age counts for what waits by its owner's wish (web/api/waiting.py).
  local wished = next(pacing) and not is_full(scope)
  redis.call('ZADD', jobs_due, 'XX', score - (wished and PACED or 1) * APART, id)
end

local function close_queue(lane, scope, at, why)
  redis.call('ZADD', lane_paced_key(lane), at, scope)
  redis.call('HSET', pace_key(lane, scope), 'why', why)
  redis.call('EXPIRE', pace_key(lane, scope), PACE_SECONDS)
end

-- What of a job counts, and what it was accepted with, nil for one that is gone.
local function counted_job(pacing, lane, stored)
  local facts = stored and facts_of(stored)
  return facts and counted_of(pacing, lane, facts) or {scope = 'none'}, facts
end

-- Put what is due into the queue of its scope, or of what is full; what is no text goes into one
-- without a budget.
local function sort_due(pacing, lane)
  local due = lane_due_key(lane)
  local found = redis.call('ZRANGEBYSCORE', due, '-inf', now, 'WITHSCORES', 'LIMIT', 0, SORTED)
  for place = 1, #found, 2 do
    local id, score = found[place], found[place + 1]
    local job = redis.pcall('HMGET', job_key(id), 'facts', 'first_ms', 'claims')
    redis.call('ZREM', due, id)
    -- One that was tried keeps its turn; one that somebody has queued again has another.
    if tonumber(job[2]) and job[3] ~= '0' then score = job[2] - APART end
    local counts, facts = counted_job(pacing, lane, job[1])
    enqueue_paced(pacing, lane, facts and full_of(lane, facts) or counts.scope, id, score)
  end
  if #found == 2 * SORTED then look_at(lane, now) end
end

-- By scope: the texts with a wake-up or in flight, and what those have that are not counted yet.
local function under_way(pacing, lane)
  local found = {}
  for _, id in ipairs(redis.call('ZRANGE', lane_out_key(lane), 0, -1)) do
    local job = redis.pcall('HMGET', job_key(id), 'facts', 'status', 'mode')
    local sent = job[2] == 'sending'
    if not (sent and job[3] == 'settle') then
      local each = counted_job(pacing, lane, job[1])
      local of = found[each.scope] or {texts = 0, parts = 0, people = 0}
      of.texts = of.texts + 1
      if each.parts and not sent then
        of.parts, of.people = of.parts + each.parts, of.people + 1
      end
      found[each.scope] = of
    end
  end
  return found
end

-- When the first text of a queue may go and what it waits for; nil where those under way come first.
local function may_go(pacing, lane, counts, of)
  if not counts.parts or never_fits(pacing, counts.parts) then return now end
  local pace = pace_of(lane, counts.scope)
  local at, why = opens(pacing, pace, counts.parts)
  if at > now then return at, why end
  if of and (pacing.gap_seconds or opens(pacing, pace, counts.parts + of.parts) > now) then
    return nil
  end
  at, why = people_open(pacing, pace, counts.person, 0)
  if at > now then return at, why, true end
  if of and people_open(pacing, pace, counts.person, of.people) > now then return nil end
  return now, nil, not is_known(pacing, pace, counts.person)
end

-- Wake a text whose time has come. Of what is full, the next is tried after the same pause, should
-- this one give no answer. Returns whether it was woken, and whether it is such a try.
local function wake_next(lane, scope, id)
  if not wake_up(lane, lane_queue_key(lane, scope), id) then return false, false end
  local pause = is_full(scope) and redis.call('HGET', lane_full_key(lane, scope), 'pause')
  if not pause then return true, false end
  redis.call('HSET', lane_full_key(lane, scope), 'trying', id)
  redis.call('ZADD', lane_paced_key(lane), now + pause, scope)
  return true, true
end

-- Whether a text of what is full is still tried: those that come meanwhile wait for its end. What
-- nobody waits for is forgotten.
local function is_tried(lane, scope)
  local key = lane_full_key(lane, scope)
  local found = redis.call('HMGET', key, 'trying', 'pause')
  if found[1] and redis.call('ZSCORE', lane_out_key(lane), found[1]) then
    redis.call('ZADD', lane_paced_key(lane), now + found[2], scope)
    return true
  end
  redis.call('DEL', key)
  return false
end

-- The queue that the first of `scope` is to wait in instead, nil for none. A phone or sender that is
-- full comes before the budget. One that is tried goes on with a text that its budget lets go. New
-- recipients wait behind those that wait for the same, in the order in which they came.
local function other_queue(lane, scope, counts, full, at, fresh)
  if is_full(scope) then return at > now and counts.scope .. (fresh and NEW or '') or nil end
  if full then return full end
  if not fresh or is_new(scope) then return nil end
  local behind = redis.call('EXISTS', lane_queue_key(lane, scope .. NEW)) == 1
  return (behind or at > now) and scope .. NEW or nil
end

-- Let the first of a queue wait in another. Where it is the first there as well, that one is closed
-- until it may go.
local function set_aside(pacing, lane, scope, first, to, at, why)
  redis.call('ZREM', lane_queue_key(lane, scope), first[1])
  enqueue_paced(pacing, lane, to, first[1], first[2])
  local is_first = redis.call('ZRANK', lane_queue_key(lane, to), first[1]) == 0
  if at > now and is_first then close_queue(lane, to, at, why) end
end

-- Wake texts of one queue, up to so many; returns how many.
local function wake_queue(pacing, lane, scope, room, ways)
  local queue, woken = lane_queue_key(lane, scope), 0
  for _ = 1, AT_ONCE do
    local first = redis.call('ZRANGE', queue, 0, 0, 'WITHSCORES')
    local id = first[1]
    if not id then
      if is_full(scope) and is_tried(lane, scope) then return woken end
      redis.call('ZREM', lane_paced_key(lane), scope)
      return woken
    end
    if woken >= room then break end
    local counts, facts = counted_job(pacing, lane, redis.pcall('HMGET', job_key(id), 'facts')[1])
    local full = facts and not is_full(scope) and full_of(lane, facts)
    local at, why, fresh = now, nil, false
    if not full then at, why, fresh = may_go(pacing, lane, counts, ways[counts.scope]) end
    if not at then return woken end
    local other = other_queue(lane, scope, counts, full, at, fresh)
    if other then
      set_aside(pacing, lane, scope, first, other, at, why)
    elseif at > now then
      close_queue(lane, scope, at, why)
      return woken
    else
      local is_woken, is_try = wake_next(lane, scope, id)
      if is_woken then
        woken = woken + 1
        local of = ways[counts.scope] or {texts = 0, parts = 0, people = 0}
        of.parts, of.people = of.parts + (counts.parts or 0), of.people + 1
        ways[counts.scope] = of
      end
      if is_try then return woken end
    end
  end
  -- Others that are ready go first next time.
  redis.call('ZADD', lane_paced_key(lane), now, scope)
  if woken < room then look_at(lane, now) end
  return woken
end

local function wake_paced(pacing, lane, room)
  sort_due(pacing, lane)
  local woken, ways, index = 0, under_way(pacing, lane), lane_paced_key(lane)
  -- New recipients first, who have waited longest.
  local ready = redis.call('ZRANGEBYSCORE', index, '-inf', now, 'LIMIT', 0, AT_ONCE)
  table.sort(ready, function(one, other) return is_new(one) and not is_new(other) end)
  for _, scope in ipairs(ready) do
    if woken >= room then break end
    woken = woken + wake_queue(pacing, lane, scope, room - woken, ways)
  end
  local first = redis.call('ZRANGEBYSCORE', index, '(' .. now, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)[2]
  if first then look_at(lane, first) end
  return woken
end
