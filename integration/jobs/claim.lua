-- Claim a job: only one process can, and the ledger says "sending" before anything leaves.
-- KEYS: job, jobs due, jobs leased, RQ's record of it, RQ's list of what workers took.
-- ARGV: id, token, now, lease until, now as people read it, begin of the names of connections and
--       of streams of sends, how long a send is remembered (ms), now as RQ writes times, how long
--       RQ keeps a job that never ended (s).
-- Returns {'send' or 'settle', claims so far, the record, the record of its connection}, or {}
-- when there is nothing to claim: the job is done, not due yet, or held by a live process. A job
-- found "sending" without a live lease was left by a process that died: what became of it is
-- asked before anything is sent again.
-- From its end, where RQ has just put it.
redis.call('LREM', KEYS[5], -1, ARGV[1])
redis.call('EXPIRE', KEYS[4], ARGV[10])
local facts = redis.call('HMGET', KEYS[1], 'status', 'token', 'due_ms', 'claims', 'mode', 'facts')
local status, now = facts[1], tonumber(ARGV[3])

local function held(mode, claims)
  local found = redis.pcall('HGETALL', ARGV[6] .. (facts_of(facts[6])[CONNECTION] or ''))
  return {mode, claims, redis.call('HGETALL', KEYS[1]), found.err and {} or found}
end

-- The same call again, after its first answer was lost on the way. The lease counts from the last
-- of them; a store that was stopped may come upon them in another order than they were made.
if status == 'sending' and facts[2] == ARGV[2] then
  redis.call('ZADD', KEYS[3], 'XX', 'GT', ARGV[4], ARGV[1])
  return held(facts[5], facts[4])
end
local mode = nil
if status == 'queued' or status == 'scheduled' then
  if (tonumber(facts[3]) or 0) > now then return {} end
  mode = 'send'
elseif status == 'sending' then
  local lease = redis.call('ZSCORE', KEYS[3], ARGV[1])
  if lease and tonumber(lease) > now then return {} end
  mode = 'settle'
end
if not mode then
  redis.call('ZREM', KEYS[2], ARGV[1])
  redis.call('ZREM', KEYS[3], ARGV[1])
  return {}
end
local sent = facts_of(facts[6])
if mode == 'send' and sent[CONNECTION] and (sent[EQUAL] or '') ~= '' then
  -- Before the send, so that whoever reads a history later knows of every job that may be in it.
  -- Without "job_", which begins each id.
  local sends, bare = ARGV[7] .. sent[CONNECTION], string.sub(ARGV[1], 5)
  redis.call('XADD', sends, 'MINID', '~', ARGV[5] - ARGV[8], '*', 'e', sent[EQUAL], 'j', bare)
  redis.call('PEXPIRE', sends, ARGV[8])
end
local claims = (tonumber(facts[4]) or 0) + 1
redis.call('HSET', KEYS[1], 'status', 'sending', 'token', ARGV[2], 'mode', mode,
  'updated_ms', ARGV[5], 'claims', claims)
if redis.call('TYPE', KEYS[4]).ok == 'hash' then
  redis.call('HSET', KEYS[4], 'status', 'started', 'started_at', ARGV[9])
end
redis.call('HSETNX', KEYS[1], 'first_ms', now)
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('ZADD', KEYS[3], ARGV[4], ARGV[1])
return held(mode, claims)
