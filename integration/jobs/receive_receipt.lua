-- Take one delivery receipt: apply it to its job, or park it until the send is recorded.
-- Returns 'parked', 'applied', 'noted' or 'repeated', and the job's id.
local id, parked = job_of(connection, provider_id), parked_key(connection, provider_id)
if not id or redis.call('EXISTS', job_key(id)) == 0 then
  local line = status .. ' ' .. receipt
  for _, each in ipairs(redis.call('LRANGE', parked, 0, -1)) do
    if each == line then return {'repeated', ''} end
  end
  if redis.call('LLEN', parked) < 20 then redis.call('RPUSH', parked, line) end
  redis.call('EXPIRE', parked, PARKED_SECONDS)
  return {'parked', ''}
end
return {apply_receipt(job_key(id), status, receipt), id}
