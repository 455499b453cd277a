-- Accept one call: its jobs, RQ's wake-ups for them and its idempotency key, all in one step. So
-- an accepted job is never without a wake-up, and the sweeper finds it in the due set should RQ
-- lose it.
-- KEYS: as admit.lua says; idempotency key or '', jobs of the workspace, jobs due, RQ's queue, the
--       stamp of the workspace's connections.
-- ARGV: as admit.lua says; body digest, idempotency TTL (s), jobs kept in the list, begin of the
--       names of jobs, the last seven of wake(), '1' where somebody waits for the outcome, the stamp
--       that the jobs go by, then for each job: id, its facts, its status, due (ms), not before
--       (ms, '' for at once).
-- Returns what admission tells, then 'made', 'conflict', 'moved' when the stamp is another one, or
-- 'again', and the ids of the first call. Nothing is made but with 'made'.
local FIRST, EACH = 18, 5
-- The call itself again, whose answer was lost on the way to us: it was let in, and is done.
if redis.call('EXISTS', ARGV[8] .. ARGV[FIRST]) == 1 then return {ARGV[2], 0, 0, 'made', ''} end
local open, told = admitted()
if not open then return told end

local function ended(outcome, first)
  return {told[1], told[2], told[3], outcome, first or ''}
end

local digest, first = nil, nil
if KEYS[3] ~= '' then
  digest, first = string.match(redis.call('GET', KEYS[3]) or '', '^(%S+) (.*)$')
end
if first then return ended(digest == ARGV[5] and 'again' or 'conflict', first) end
if (redis.call('GET', KEYS[7]) or '') ~= ARGV[17] then return ended('moved') end
local how, ids = {KEYS[6], unpack(ARGV, 9, 15)}, {}
for at = FIRST, #ARGV, EACH do
  local id, facts, status, due, after = unpack(ARGV, at, at + EACH - 1)
  local key = ARGV[8] .. id
  redis.call('HSET', key, 'facts', facts, 'status', status)
  -- At once is no time of ours: a worker's may lag by a moment, and would then leave the job to
  -- the sweep, five seconds later.
  if after ~= '' then redis.call('HSET', key, 'due_ms', after) end
  if ARGV[16] == '1' then redis.call('HSET', key, 'awaited', 1) end
  if redis.call('LPUSH', KEYS[4], id) > tonumber(ARGV[7]) then redis.call('RPOP', KEYS[4]) end
  redis.call('ZADD', KEYS[5], due, id)
  if status == 'queued' then wake(how, id, 'RPUSH') end
  ids[#ids + 1] = id
end
if KEYS[3] ~= '' then
  redis.call('SET', KEYS[3], ARGV[5] .. ' ' .. table.concat(ids, ' '), 'EX', ARGV[6])
end
return ended('made')
