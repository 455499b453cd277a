-- Take one delivery receipt: apply it to its job, or park it until the send is recorded.
-- Where no job has the provider's id, `reference` names the job: our own name of the send, which
-- reaches a job whose answer was lost. '' where the receipt does not show it.
-- Returns 'parked', 'applied', 'noted' or 'repeated', and the job's id.

-- The job of our reference, if it is one of this connection whose outcome is recorded. The
-- receipt of a send before a retry by hand is about the past, as one with that send's id is.
local function referenced()
  local id = string.match(reference, '^(job_%x+)')
  local found = id and redis.call('HMGET', job_key(id), 'facts', 'status', 'attempts') or {}
  if not found[1] or facts_of(found[1])[CONNECTION] ~= connection then return nil end
  local again = string.find(found[3] or '', '"outcome": ?"queued"')
    or string.find(found[3] or '', '"outcome": ?"scheduled"')
  if not is_settled(found[2]) and not (again and reference == id) then return nil end
  if provider_id ~= '' then
    record_provider_id(connection, provider_id, reference)
    redis.call('HSETNX', job_key(id), 'provider_id', provider_id)
  end
  return id, reference
end

local id, send = job_of(connection, provider_id)
if not id then id, send = referenced() end
local parked = parked_key(connection, reference ~= '' and reference or provider_id)
if not id or redis.call('EXISTS', job_key(id)) == 0 then
  local line = status .. ' ' .. receipt
  for _, each in ipairs(redis.call('LRANGE', parked, 0, -1)) do
    if each == line then return {'repeated', ''} end
  end
  if redis.call('LLEN', parked) < 20 then redis.call('RPUSH', parked, line) end
  redis.call('EXPIRE', parked, PARKED_SECONDS)
  return {'parked', ''}
end
return {apply_receipt(job_key(id), status, receipt, send), id}
