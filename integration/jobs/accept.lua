-- Accept one call: its jobs, and its answer under its idempotency key, in one step. RQ's own
-- enqueue stands in the same MULTI, so an accepted job is never without a wake-up, and the
-- sweeper finds it in the due set should RQ lose it.
-- KEYS: idempotency key or '', jobs of the workspace, jobs due.
-- ARGV: body digest, answer as JSON, idempotency TTL (s), jobs kept in the list, number of jobs,
--       then for each job: id, job key, set of equal sends, created (ms), due (ms),
--       number of values that follow, field and value pairs.
-- Returns {'made', ''}, {'again', first answer} or {'conflict', ''}.
if KEYS[1] ~= '' then
  local first = redis.call('HMGET', KEYS[1], 'digest', 'answer', 'job')
  if first[1] and first[3] ~= ARGV[6] then
    if first[1] == ARGV[1] then return {'again', first[2]} end
    return {'conflict', ''}
  end
  redis.call('HSET', KEYS[1], 'digest', ARGV[1], 'answer', ARGV[2], 'job', ARGV[6])
  redis.call('EXPIRE', KEYS[1], ARGV[3])
end
local at = 6
for _ = 1, tonumber(ARGV[5]) do
  local id, key, equal, created, due, count =
    ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], ARGV[at + 4], tonumber(ARGV[at + 5])
  if redis.call('EXISTS', key) == 0 then
    redis.call('HSET', key, unpack(ARGV, at + 6, at + 5 + count))
    redis.call('ZADD', KEYS[2], created, id)
    redis.call('ZADD', KEYS[3], due, id)
    redis.call('ZADD', equal, created, id)
    redis.call('EXPIRE', equal, 259200)
  end
  at = at + 6 + count
end
redis.call('ZREMRANGEBYRANK', KEYS[2], 0, -1 - tonumber(ARGV[4]))
return {'made', ''}
