-- Claim a job: only one process can, and the ledger says "sending" before anything leaves.
-- KEYS: job, jobs due, jobs leased. ARGV: id, token, now, lease until, now as people read it.
-- Returns {'send' or 'settle', claims so far}, or {} when there is nothing to claim: the job is
-- done, not due yet, or held by a live process. A job found "sending" without a live lease was
-- left by a process that died: what became of it is asked before anything is sent again.
local facts = redis.call('HMGET', KEYS[1], 'status', 'token', 'due_ms', 'claims', 'mode')
local status, now = facts[1], tonumber(ARGV[3])
-- The same call again, after its first answer was lost on the way. The lease counts from the last
-- of them; a store that was stopped may come upon them in another order than they were made.
if status == 'sending' and facts[2] == ARGV[2] then
  redis.call('ZADD', KEYS[3], 'XX', 'GT', ARGV[4], ARGV[1])
  return {facts[5], facts[4]}
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
redis.call('HSET', KEYS[1], 'status', 'sending', 'token', ARGV[2], 'mode', mode,
  'updated_ms', ARGV[5])
redis.call('HSETNX', KEYS[1], 'first_ms', now)
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('ZADD', KEYS[3], ARGV[4], ARGV[1])
local claims = (tonumber(facts[4]) or 0) + 1
redis.call('HSET', KEYS[1], 'claims', claims)
return {mode, claims}
