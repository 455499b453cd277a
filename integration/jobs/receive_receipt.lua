-- Take one delivery receipt: apply it to its job, or park it until the run that has the job records how
-- it ended (finish.lua). Where no job has the provider's id, `reference` names the job: our own name of
-- the send, which reaches a job whose answer was lost. '' where the receipt does not show it.
-- Returns 'parked', 'applied', 'noted' or 'repeated', and the job's id.

-- The job of our reference, if it is one of this connection, or has left it for another. One that has not
-- left keeps the provider's id from now on: a look-up for another job then knows whose row this is.
local function referenced()
  local id = string.match(reference, '^(job_%x+)')
  local found = id and redis.call('HMGET', job_key(id), 'facts', 'legs') or {}
  if not found[1] then return nil end
  local has_left = facts_of(found[1])[CONNECTION] ~= connection
  if has_left and not string.find(found[2] or '', '"' .. connection .. '"', 1, true) then return nil end
  if provider_id ~= '' and not has_left then record_provider_id(connection, provider_id, reference) end
  return id, reference, has_left
end

-- The id at the provider that the job shows: that of its last answer, or else of its last send's receipt.
local function note_id(job, known, send)
  if provider_id == '' then return end
  local _, named = job_of(connection, known or '')
  if not known or named ~= send then redis.call('HSET', job, 'provider_id', provider_id) end
end

local id, send = job_of(connection, provider_id)
local is_new, has_left = not id, false
if is_new then id, send, has_left = referenced() end
local job = id and job_key(id)
local found = id and redis.call('HMGET', job, 'status', 'sent_as', 'token', 'provider_id', 'sends_as') or {}
local is_open = found[1] and not is_settled(found[1])
local last = found[2]
if is_open then last = found[5] or id end
local is_past = has_left or (last and send ~= last)
if is_new and found[1] and not is_past then note_id(job, found[4], send) end
if not found[1] or (is_open and not is_past and found[3]) then
  local name = send or reference
  local parked = parked_key(connection, name ~= '' and name or provider_id)
  local line = status .. ' ' .. receipt
  for _, each in ipairs(redis.call('LRANGE', parked, 0, -1)) do
    if each == line then return {'repeated', ''} end
  end
  if redis.call('LLEN', parked) < 20 then redis.call('RPUSH', parked, line) end
  redis.call('EXPIRE', parked, PARKED_SECONDS)
  return {'parked', ''}
end
return {apply_receipt(job, status, receipt, is_past), id}
