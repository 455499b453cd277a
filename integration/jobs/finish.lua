-- Record how an attempt ended, if the job is still ours, and let waiting callers know.
-- KEYS: job, jobs due, jobs leased, signal, reference of the provider's id or '', parked receipts
-- of that id or '', then the four of tell().
-- ARGV: id, token, now, status, score (when queued: due; when sending: when to ask the provider),
--       TTL (s), the last two of tell(), number of values that follow, field and value pairs.
-- A receipt that came before the send was recorded is parked under the provider's id; it is
-- applied here, in the same step, so that none falls between.
-- Returns 1, or 0 when the lease was lost.
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[2] then return 0 end
local id, now, status, count = ARGV[1], ARGV[3], ARGV[4], tonumber(ARGV[9])
local told = {KEYS[7], KEYS[8], KEYS[9], KEYS[10], ARGV[7], ARGV[8]}
redis.call('HSET', KEYS[1], 'status', status, 'updated_ms', now, unpack(ARGV, 10, 9 + count))
redis.call('HDEL', KEYS[1], 'token')
redis.call('ZREM', KEYS[3], id)
if status == 'queued' then
  redis.call('HSET', KEYS[1], 'due_ms', ARGV[5])
  redis.call('ZADD', KEYS[2], ARGV[5], id)
  return 1
end
if status == 'sending' then
  redis.call('ZADD', KEYS[3], ARGV[5], id)
  return 1
end
redis.call('EXPIRE', KEYS[1], ARGV[6])
tell(KEYS[1], told, status, redis.call('HGET', KEYS[1], 'message'))
if KEYS[5] ~= '' then
  redis.call('SET', KEYS[5], id, 'EX', ARGV[6])
  for _, parked in ipairs(redis.call('LRANGE', KEYS[6], 0, -1)) do
    local word, receipt = string.match(parked, '^(%a+) (.*)$')
    apply_receipt(KEYS[1], word, receipt, now, told)
  end
  redis.call('DEL', KEYS[6])
end
redis.call('RPUSH', KEYS[4], status)
redis.call('EXPIRE', KEYS[4], 60)
return 1
