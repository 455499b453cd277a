-- Claim a job: only one process can, and the ledger says "sending" before anything leaves.
-- Returns {'send' or 'settle', claims so far, how long it may call (ms), the record, its
-- connection's}. Then come its provider's silence (ms), the word of pace_take.lua, and for how long its
-- phone or sender has taken no texts (ms). {} says that there is nothing to claim: the job is done, not
-- due yet, beyond its budget, or held by a live process.
-- A job found "sending" without a live lease was left by a process that died. The provider is asked
-- what happened to it before anything is sent again. So it is with one that waited when the store
-- was put back to an earlier state (store/witness.lua), unless it was due only afterwards.
local LOOK_AGAIN, LATELY = 60000, 300000
witness(now)
redis.call('EXPIRE', rq_job_key(id), RQ_FAILED_SECONDS)
local job = job_key(id)
local found = redis.call('HMGET', job, 'status', 'token', 'due_ms', 'claims', 'mode', 'facts',
  'ends_ms', 'asked', 'late_ms')
local status = found[1]
local facts = facts_of(found[6])
-- A provider that this release does not have is not called.
local call_ms = 0
for _, each in ipairs(call_times) do
  if each.provider == facts[PROVIDER] then call_ms = tonumber(each.call_ms) end
end
local lease_until = now + call_ms + margin_ms

local lane = facts[CONNECTION] or ''
local out = lane_out_key(lane)
local has_queues = redis.call('EXISTS', lane_paced_key(lane)) == 1

-- Free the job's place for the next of its lane.
local function pass()
  redis.call('ZREM', out, id)
  look_at(lane, now)
  return {}
end

local function held(mode, claims)
  local account = redis.pcall('HGETALL', connection_key(lane))
  return {mode, claims, call_ms, redis.call('HGETALL', job), account.err and {} or account,
    wall - (tonumber(redis.pcall('HGET', lane_key(lane), 'since')) or wall),
    string.match(text(redis.call('HGET', job, 'paced')), '^%l*'),
    wall - (has_queues and full_since(lane, facts) or wall)}
end

-- The mark of a past that may hold another send of this job, and when that was noticed.
local function doubted()
  local mark = fields_of(past, 'mark', 'before', 'until')
  local noticed = tonumber(mark[3]) or 0
  if not mark[1] or mark[1] == found[8] then return nil end
  if (tonumber(facts[CREATED]) or 0) >= (tonumber(mark[2]) or 0) then return nil end
  if (tonumber(found[3]) or 0) > noticed then return nil end
  return mark[1], noticed
end

-- Whether nobody reached the store a moment ago, so that a process may be about to prove something.
local function is_held()
  local time = fields_of(clock, 'hold', 'steady')
  local until_ms = tonumber(time[1]) or 0
  if now - (tonumber(time[2]) or now) > GAP then
    until_ms = now + HOLD
    redis.call('HSET', clock, 'hold', until_ms)
  end
  if until_ms <= now then return false end
  -- Its place in the lane stays taken; the sweep takes it back.
  redis.call('ZADD', out, until_ms, id)
  look_at(lane, until_ms)
  return true
end

-- The same call again, after its first answer was lost on the way. The lease counts from the last
-- of them. A store that was stopped may run them in another order than they were made.
if status == 'sending' and found[2] == token then
  redis.call('ZADD', jobs_leased, 'XX', 'GT', lease_until, id)
  redis.call('ZADD', out, 'XX', 'GT', lease_until, id)
  if found[5] == 'send' then redis.call('HSET', job, 'ends_ms', now + call_ms) end
  return held(found[5], found[4])
end
local mode = nil
if status == 'queued' or status == 'scheduled' then
  local due = tonumber(found[3]) or 0
  -- With its connection removed, a job ends now, whenever it was for.
  if due > now and redis.call('EXISTS', connection_key(lane)) == 1 then
    to_due(lane, id, due)
    return pass()
  end
  if is_held() then return {} end
  mode = 'send'
elseif status == 'sending' then
  local lease = tonumber(redis.call('ZSCORE', jobs_leased, id) or 0)
  if lease > now then return {} end
  mode = 'settle'
  -- A release before this field; the lease was longer than the call.
  redis.call('HSETNX', job, 'ends_ms', lease > 0 and lease or now)
end
if status and not ENDED[status] and not mode and string.match(status, '^%l[%l-]*$') then
  -- A newer release's word: its workers go on with the job, and find it here should they die.
  redis.call('ZADD', jobs_due, now + LOOK_AGAIN, id)
  return pass()
end
if not mode then
  redis.call('ZREM', jobs_due, id)
  redis.call('ZREM', jobs_leased, id)
  return pass()
end
local mark, noticed = doubted()
local waited = mark and mode == 'send'
if mode == 'send' and not waited then
  local paced = take_pace(lane, facts, tonumber(found[9]))
  if paced == 'over' then
    to_due(lane, id, turn_of(facts, found[3]))
    -- Woken at its end by a clock that is a moment ahead of this one: it is to be woken again.
    local late = redis.call('HGET', job, 'late_ms')
    if late then
      redis.call('ZADD', lane_ends_key(lane), late, id)
      look_at(lane, tonumber(late))
    end
    return pass()
  end
  if paced ~= '' then redis.call('HSET', job, 'paced', paced) end
  if has_queues then unqueue(lane, id) end
end
if mode == 'send' and facts[CONNECTION] and (facts[EQUAL] or '') ~= '' then
  -- Before the send, so that a later reader of the history knows of every job that may be in it.
  -- Without "job_", which begins each id.
  local sends, bare = sends_key(facts[CONNECTION]), string.sub(id, 5)
  redis.call('XADD', sends, 'MINID', '~', wall - SENDS_SECONDS * 1000, '*', 'e', facts[EQUAL], 'j', bare)
  redis.call('EXPIRE', sends, SENDS_SECONDS)
end
if mark then
  -- Calls that had begun before it was noticed are over by then.
  local ends = math.max(tonumber(found[7]) or 0, noticed + call_ms)
  -- A look-up that comes much later has its day all the same.
  if waited then ends = math.max(ends, now - LATELY) end
  redis.call('HSET', job, 'asked', mark, 'ends_ms', ends)
end
if waited then
  mode = 'settle'
  redis.call('HSET', job, 'past', string.match(mark, '^%a+'))
end
if mode == 'send' then
  -- A look-up must ask the account that this call goes to, whatever the connection is by then.
  local account = redis.pcall('HGET', connection_key(lane), 'account')
  account = type(account) == 'string' and account or ''
  redis.call('HSET', job, 'ends_ms', now + call_ms)
  -- A call that is asked for again goes to the account of the first one, or nowhere (settle.py).
  if redis.call('HEXISTS', job, 'lost_ms') == 0 then redis.call('HSET', job, 'account', account) end
end
note_status(id, facts[WORKSPACE], facts[CREATED], 'sending')
local claims = (tonumber(found[4]) or 0) + 1
redis.call('HSET', job, 'status', 'sending', 'token', token, 'mode', mode,
  'updated_ms', wall, 'claims', claims)
-- A send that the store has lost was no earlier than the job.
if not waited then redis.call('HSETNX', job, 'first_ms', now) end
redis.call('ZREM', jobs_due, id)
redis.call('ZADD', jobs_leased, lease_until, id)
redis.call('ZREM', (mode == 'send' or waited) and lane_due_key(lane) or lane_asks_key(lane), id)
redis.call('ZADD', out, lease_until, id)
return held(mode, claims)
