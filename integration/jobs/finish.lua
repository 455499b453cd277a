-- Record how an attempt ended, if the job is still ours, and let waiting callers know.
-- KEYS: job, jobs due, jobs leased, signal, RQ's record of it, begin of the names of references or
--       '' where the provider gave no number, parked receipts of that number or '', then the four
--       of tell().
-- ARGV: id, token, now, status, score (when queued: due; when sending: when to ask the provider),
--       TTL (s), the provider's number or '', now as RQ writes times, how long RQ keeps what it
--       ended (s), the last two of tell(), what is said of it, number of fields that the record loses, their names,
--       field and value pairs.
-- A receipt that came before the send was recorded is parked under the provider's number; it is
-- applied here, in the same step, so that none falls between.
-- Returns 1, or 0 when the lease was lost.
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[2] then return 0 end
local id, now, status, lost = ARGV[1], ARGV[3], ARGV[4], tonumber(ARGV[13])
local told = {KEYS[8], KEYS[9], KEYS[10], KEYS[11], ARGV[10], ARGV[11]}
redis.call('HSET', KEYS[1], 'status', status, 'updated_ms', now, unpack(ARGV, 14 + lost))
redis.call('HDEL', KEYS[1], 'token', 'mode', unpack(ARGV, 14, 13 + lost))
redis.call('ZREM', KEYS[3], id)
if redis.call('TYPE', KEYS[5]).ok == 'hash' then
  redis.call('HSET', KEYS[5], 'status', 'finished', 'ended_at', ARGV[8])
  redis.call('EXPIRE', KEYS[5], ARGV[9])
end
if status == 'queued' then
  redis.call('HSET', KEYS[1], 'due_ms', ARGV[5])
  redis.call('ZADD', KEYS[2], ARGV[5], id)
  return 1
end
if status == 'sending' then
  redis.call('ZADD', KEYS[3], ARGV[5], id)
  return 1
end
-- What only a job needs that is still to be sent.
redis.call('HDEL', KEYS[1], 'first_ms', 'due_ms', 'quiet_ms')
redis.call('EXPIRE', KEYS[1], ARGV[6])
tell(KEYS[1], told, status, ARGV[12])
if KEYS[6] ~= '' then
  refer(KEYS[6], ARGV[7], id)
  for _, parked in ipairs(redis.call('LRANGE', KEYS[7], 0, -1)) do
    local word, receipt = string.match(parked, '^(%a+) (.*)$')
    apply_receipt(KEYS[1], word, receipt, now, told)
  end
  redis.call('DEL', KEYS[7])
end
if redis.call('HDEL', KEYS[1], 'awaited') == 1 then
  redis.call('RPUSH', KEYS[4], status)
  redis.call('EXPIRE', KEYS[4], 60)
end
return 1
