-- tell(): put a message's change of status into the inbox of such events, and owe its fan-out.
-- It runs within the script that makes the change, so neither is ever without the other.
-- told = {inbox or '' when the job is no message, owed set, wake list, hooks of the workspace,
-- member of the owed set, time of the change as people read it}.
local TOLD = {sent = 1, delivered = 1, failed = 1, unknown = 1, cancelled = 1}

local function quoted(value)
  if value == nil or value == false or value == '' or value == cjson.null then return 'null' end
  return cjson.encode(value)
end

local function tell(job, told, status, detail)
  if told[1] == '' or not TOLD[status] then return end
  local found = redis.call('HMGET', job, 'facts', 'provider_id', 'result')
  local facts, result, id = facts_of(found[1]), decoded(found[3]), string.match(job, '[^:]+$')
  local input, number = facts[INPUT], redis.call('HINCRBY', job, 'told', 1)
  local parts = {
    '{"id":' .. quoted('sts_' .. string.gsub(id, '^job_', '') .. '_' .. number),
    '"job_id":' .. quoted(id),
    '"action":' .. quoted((string.gsub(facts[ACTION] or '', '_', '-'))),
    '"status":' .. quoted(status),
    '"detail":' .. quoted(detail),
    '"provider_id":' .. quoted(found[2]),
    '"connection":' .. quoted(facts[CONNECTION]),
    '"provider":' .. quoted((string.gsub(facts[PROVIDER] or '', '_', '-'))),
    '"phone":' .. quoted(input.phone),
    '"sim_slot":' .. quoted(input.sim_slot or result.sim_slot),
    '"device_fingerprint":' .. quoted(input.device_fingerprint or result.device_fingerprint),
    '"batch_id":' .. quoted(facts[BATCH]),
    '"changed_at":' .. quoted(told[6]) .. '}',
  }
  redis.call('XADD', told[1], '*', 'e', table.concat(parts, ','))
  if redis.call('HLEN', told[4]) > 0 then
    redis.call('SADD', told[2], told[5])
    if redis.call('LLEN', told[3]) < 8 then redis.call('RPUSH', told[3], '1') end
  end
end
