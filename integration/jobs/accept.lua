-- Accept one call: its jobs, RQ's wake-ups for them and its idempotency key, all in one step. So
-- an accepted job is never without a wake-up, and the sweeper finds it in the due set should RQ
-- lose it.
-- KEYS: idempotency key or '', jobs of the workspace, jobs due, RQ's queue.
-- ARGV: body digest, idempotency TTL (s), jobs kept in the list, begin of the names of jobs, the
--       last seven of wake(), '1' where somebody waits for the outcome, then for each job: id, its
--       facts, its status, due (ms), not before (ms, '' for at once).
-- Returns {'made'}, {'again', ids of the first call} or {'conflict'}.
local FIRST, EACH = 13, 5
local ids = {}
for at = FIRST, #ARGV, EACH do ids[#ids + 1] = ARGV[at] end
if KEYS[1] ~= '' then
  local names = table.concat(ids, ' ')
  local digest, first = string.match(redis.call('GET', KEYS[1]) or '', '^(%S+) (.*)$')
  -- The same ids: the call itself again, whose first answer was lost on the way to us.
  if first and first ~= names then
    if digest == ARGV[1] then return {'again', first} end
    return {'conflict'}
  end
  redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. names, 'EX', ARGV[2])
end
local how = {KEYS[4], unpack(ARGV, 5, 11)}
for at = FIRST, #ARGV, EACH do
  local id, facts, status, due, after = unpack(ARGV, at, at + EACH - 1)
  local key = ARGV[4] .. id
  if redis.call('EXISTS', key) == 0 then
    redis.call('HSET', key, 'facts', facts, 'status', status)
    -- At once is no time of ours: a worker's may lag by a moment, and would then leave the job to
    -- the sweep, five seconds later.
    if after ~= '' then redis.call('HSET', key, 'due_ms', after) end
    if ARGV[12] == '1' then redis.call('HSET', key, 'awaited', 1) end
    if redis.call('LPUSH', KEYS[2], id) > tonumber(ARGV[3]) then redis.call('RPOP', KEYS[2]) end
    redis.call('ZADD', KEYS[3], due, id)
    if status == 'queued' then wake(how, id, 'RPUSH') end
  end
end
return {'made'}
