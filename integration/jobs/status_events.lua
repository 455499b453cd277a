-- add_status_event(): put a message's change of status into the inbox of such events, and record
-- that its fan-out is owed. It runs within the script that makes the change, so the store never
-- has one without the other.
-- Reads the names message (0 where the job sends none) and changed_at.
local EVENTS = {sent = 1, delivered = 1, failed = 1, unknown = 1, cancelled = 1}

local function quoted(value)
  if value == nil or value == false or value == '' or value == cjson.null then return 'null' end
  return cjson.encode(value)
end

local function add_status_event(job, status, detail)
  if message == 0 or not EVENTS[status] then return end
  local found = redis.call('HMGET', job, 'facts', 'provider_id', 'result')
  local facts, result, id = facts_of(found[1]), decoded(found[3]), string.match(job, '[^:]+$')
  local input, workspace = facts[INPUT], facts[WORKSPACE]
  if not workspace then return end
  tally(workspace, string.sub(changed_at, 1, 13), status, 1)
  local number = redis.call('HINCRBY', job, 'told', 1)
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
    '"changed_at":' .. quoted(changed_at) .. '}',
  }
  redis.call('XADD', inbox_key(workspace, 'status'), '*', 'e', table.concat(parts, ','))
  if redis.call('HLEN', hooks_key(workspace)) > 0 then
    redis.call('SADD', fanout_owed, workspace .. ' status')
    -- The idle drain of each worker blocks on this list (drain.py) and then fans out at once.
    if redis.call('LLEN', wake) < 8 then redis.call('RPUSH', wake, '1') end
  end
end
