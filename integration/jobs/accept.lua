-- Accept one call: its jobs, RQ's wake-ups for them and its idempotency key, all in one step. So
-- an accepted job is never without a wake-up, and the sweeper finds it in the due set should RQ
-- lose it.
-- KEYS: idempotency key or '', jobs of the workspace, jobs due, RQ's queue, the stamp of the
--       workspace's connections.
-- ARGV: body digest, idempotency TTL (s), jobs kept in the list, begin of the names of jobs, the
--       last seven of wake(), '1' where somebody waits for the outcome, the stamp that the jobs go
--       by, then for each job: id, its facts, its status, due (ms), not before (ms, '' for at
--       once).
-- Returns 'made', 'conflict', 'moved' when the stamp is another one, or 'again', and the ids of
-- the first call. Nothing is made but with 'made'.
local FIRST, EACH = 14, 5
-- The call itself again, whose answer was lost on the way to us: it is done.
if redis.call('EXISTS', ARGV[4] .. ARGV[FIRST]) == 1 then return {'made', ''} end
local digest, first = nil, nil
if KEYS[1] ~= '' then
  digest, first = string.match(redis.call('GET', KEYS[1]) or '', '^(%S+) (.*)$')
end
if first then return {digest == ARGV[1] and 'again' or 'conflict', first} end
if (redis.call('GET', KEYS[5]) or '') ~= ARGV[13] then return {'moved', ''} end
local how, ids = {KEYS[4], unpack(ARGV, 5, 11)}, {}
for at = FIRST, #ARGV, EACH do
  local id, facts, status, due, after = unpack(ARGV, at, at + EACH - 1)
  local key = ARGV[4] .. id
  redis.call('HSET', key, 'facts', facts, 'status', status)
  -- At once is no time of ours: a worker's may lag by a moment, and would then leave the job to
  -- the sweep, five seconds later.
  if after ~= '' then redis.call('HSET', key, 'due_ms', after) end
  if ARGV[12] == '1' then redis.call('HSET', key, 'awaited', 1) end
  if redis.call('LPUSH', KEYS[2], id) > tonumber(ARGV[3]) then redis.call('RPOP', KEYS[2]) end
  redis.call('ZADD', KEYS[3], due, id)
  if status == 'queued' then wake(how, id, 'RPUSH') end
  ids[#ids + 1] = id
end
if KEYS[1] ~= '' then
  redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. table.concat(ids, ' '), 'EX', ARGV[2])
end
return {'made', ''}
