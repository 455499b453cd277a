-- Record how an attempt ended, if this process still holds the job, and signal waiting callers.
-- `later` is when to go on: a queued job is due then, and the provider is asked then about one
-- that is "sending". A field with the value '' is removed from the record.
-- A receipt that came before the send was recorded is parked under the provider's id. It is
-- applied here, in the same step, so that no receipt falls between. Both names are '' where the
-- provider gave no id.
-- Returns 1, or 0 when the lease was lost.
if redis.call('HGET', job, 'token') ~= token then return 0 end
local kept, removed = {'status', status, 'updated_ms', now}, {'token', 'mode'}
for _, field in ipairs(fields) do
  if field.value == '' then
    removed[#removed + 1] = field.name
  else
    kept[#kept + 1] = field.name
    kept[#kept + 1] = field.value
  end
end
redis.call('HSET', job, unpack(kept))
redis.call('HDEL', job, unpack(removed))
redis.call('ZREM', jobs_leased, id)
if redis.call('TYPE', rq_job).ok == 'hash' then
  redis.call('HSET', rq_job, 'status', 'finished', 'ended_at', rq_now)
  redis.call('EXPIRE', rq_job, rq_result_ttl)
end
if status == 'queued' then
  redis.call('HSET', job, 'due_ms', later)
  redis.call('ZADD', jobs_due, later, id)
  return 1
end
if status == 'sending' then
  redis.call('ZADD', jobs_leased, later, id)
  return 1
end
-- What only a job needs that is still to be sent.
redis.call('HDEL', job, 'first_ms', 'due_ms', 'ends_ms')
redis.call('EXPIRE', job, job_seconds)
add_status_event(job, status, detail)
if provider_id ~= '' then
  record_provider_id(connection, provider_id, id)
  for _, each in ipairs(redis.call('LRANGE', parked, 0, -1)) do
    local word, receipt = string.match(each, '^(%a+) (.*)$')
    apply_receipt(job, word, receipt)
  end
  redis.call('DEL', parked)
end
if redis.call('HDEL', job, 'awaited') == 1 then
  -- Where something else wrote this key, the callers look by themselves a second later.
  redis.pcall('XADD', ended, 'MAXLEN', '~', 1000, '*', 'job', id)
end
return 1
