-- apply_receipt(): add a receipt to a job. A final status never goes back, and a new status
-- makes a status event. `send` is our name of the send that it is about.
local RANK = {scheduled = 0, queued = 1, sending = 2, unknown = 3, sent = 4,
  delivered = 5, failed = 5, cancelled = 5}

-- Whether the send of a job with this status is over; a newer release's status counts as such.
local function is_settled(status)
  return status and (RANK[status] or 3) >= 3
end

-- What a receipt made of a job. A damaged record has no name to count it under.
local function note_ended(job, status)
  local facts = facts_of(redis.call('HGET', job, 'facts'))
  note_status(string.match(job, '[^:]+$'), facts[WORKSPACE], facts[CREATED], status)
  local by = tostring(facts[PROVIDER]) .. ',' .. tostring(facts[ACTION])
  if not string.match(by, '^[%l%d_]+,[%l%d_]+$') then return end
  redis.pcall('HINCRBY', measures, 'jobs_' .. status .. ' ' .. by, 1)
end

local function apply_receipt(job, status, receipt, send)
  local found = redis.call('HMGET', job, 'status', 'receipts', 'sent_as')
  local before = found[2] or ''
  if string.find(before, receipt, 1, true) then return 'repeated' end
  if #before < 8000 then
    redis.call('HSET', job, 'receipts', before == '' and receipt or (before .. ',' .. receipt))
  end
  -- A newer release's status: its rank is not known here.
  if found[1] and not RANK[found[1]] then return 'noted' end
  -- The job was retried, and the receipt is about a send before the last one. Not sent yet and known
  -- to the provider, it was so as well. That such a text arrived counts all the same.
  local is_past = (RANK[found[1]] or 0) < 3 or (found[3] and send ~= found[3])
  if is_past and status ~= 'delivered' then return 'noted' end
  if (RANK[status] or -1) <= (RANK[found[1]] or 0) then return 'noted' end
  redis.call('HSET', job, 'status', status, 'updated_ms', now)
  if not is_settled(found[1]) then redis.call('EXPIRE', job, keep_seconds) end
  local said = decoded(receipt)
  local why = said.reason ~= cjson.null and said.reason or said.status
  -- What was said of the job is of the status before, such as "SMS queued successfully.".
  redis.call('HDEL', job, 'message')
  if status == 'failed' then redis.call('HSET', job, 'message', tostring(why)) end
  add_status_event(job, status, why)
  note_ended(job, status)
  return 'applied'
end
