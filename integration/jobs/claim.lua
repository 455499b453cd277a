-- Claim a job: only one process can, and the ledger says "sending" before anything leaves.
-- Returns {'send' or 'settle', claims so far, how long it may call (ms), the record, that
-- of its connection, how long its provider is silent}. {} says that there is nothing to claim: the
-- job is done, not due yet, or held by a live process.
-- A job found "sending" without a live lease was left by a process that died. The provider is asked
-- what happened to it before anything is sent again.
local LOOK_AGAIN = 60000
redis.call('EXPIRE', rq_job_key(id), RQ_FAILED_SECONDS)
local job = job_key(id)
local found = redis.call('HMGET', job, 'status', 'token', 'due_ms', 'claims', 'mode', 'facts')
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

-- Free the job's place for the next of its lane.
local function pass()
  redis.call('ZREM', out, id)
  look_at(lane, now)
  return {}
end

local function held(mode, claims)
  local account = redis.pcall('HGETALL', connection_key(lane))
  return {mode, claims, call_ms, redis.call('HGETALL', job), account.err and {} or account,
    wall - (tonumber(redis.pcall('HGET', lane_key(lane), 'since')) or wall)}
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
if mode == 'send' and facts[CONNECTION] and (facts[EQUAL] or '') ~= '' then
  -- Before the send, so that a later reader of the history knows of every job that may be in it.
  -- Without "job_", which begins each id.
  local sends, bare = sends_key(facts[CONNECTION]), string.sub(id, 5)
  redis.call('XADD', sends, 'MINID', '~', wall - SENDS_SECONDS * 1000, '*', 'e', facts[EQUAL], 'j', bare)
  redis.call('EXPIRE', sends, SENDS_SECONDS)
end
if mode == 'send' then
  -- A look-up must ask the account that this call goes to, whatever the connection is by then.
  local account = redis.pcall('HGET', connection_key(lane), 'account')
  account = type(account) == 'string' and account or ''
  redis.call('HSET', job, 'ends_ms', now + call_ms, 'account', account)
end
local claims = (tonumber(found[4]) or 0) + 1
redis.call('HSET', job, 'status', 'sending', 'token', token, 'mode', mode,
  'updated_ms', wall, 'claims', claims)
redis.call('HSETNX', job, 'first_ms', now)
redis.call('ZREM', jobs_due, id)
redis.call('ZADD', jobs_leased, lease_until, id)
redis.call('ZREM', mode == 'send' and lane_due_key(lane) or lane_asks_key(lane), id)
redis.call('ZADD', out, lease_until, id)
return held(mode, claims)
