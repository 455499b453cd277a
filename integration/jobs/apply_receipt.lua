-- apply_receipt(): add a receipt to a job. A final status never goes back, and a new status
-- makes a status event. `is_past` says that it is about a send before the last one.
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

local function apply_receipt(job, status, receipt, is_past)
  local found = redis.call('HMGET', job, 'status', 'receipts')
  local before = found[2] or ''
  if string.find(before, receipt, 1, true) then return 'repeated' end
  if #before < 8000 then
    redis.call('HSET', job, 'receipts', before == '' and receipt or (before .. ',' .. receipt))
  end
  -- A newer release's status: its rank is not known here.
  if found[1] and not RANK[found[1]] then return 'noted' end
  -- The job was retried. That the text of an earlier send arrived counts all the same.
  if status == 'unknown' or (is_past and status ~= 'delivered') then return 'noted' end
  -- Nobody knew whether the provider has it.
  local is_news = not is_settled(found[1]) or found[1] == 'unknown'
  if status == 'queued' and is_news then status = 'sent' end
  if (RANK[status] or -1) <= (RANK[found[1]] or 0) then return 'noted' end
  redis.call('HSET', job, 'status', status, 'updated_ms', now)
  if not is_settled(found[1]) then redis.call('EXPIRE', job, keep_seconds) end
  local said = decoded(receipt)
  local why = said.reason ~= cjson.null and said.reason or said.status
  -- What was said of the job is of the status before, such as "SMS queued successfully.".
  redis.call('HDEL', job, 'message', 'lost_ms', 'past')
  if status == 'failed' then redis.call('HSET', job, 'message', tostring(why)) end
  add_status_event(job, status, why)
  note_ended(job, status)
  return 'applied'
end
