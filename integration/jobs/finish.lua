-- Record how an attempt ended, if this process still holds the job, and signal waiting callers.
-- `later` is when to go on: a queued job is due then, and the provider is asked then about one that
-- is "sending". A queued job with 0 goes on as soon as its lane may, before those that have not
-- begun. A field with the value '' is removed from the record. `listed` is what a list of jobs calls
-- the status. A job that a receipt has shown as delivered meanwhile stays so, and is not sent again.
-- A receipt that came before the send was recorded is parked under our reference, or else under the
-- provider's id. It is applied here, in the same step, so that no receipt falls between. One under our
-- reference proves that the provider has the text: it is neither looked up nor sent again. The id is
-- '' where the provider gave none.
-- Returns the status that the job has now, or '' when the lease was lost.
local LATE = 60000
local job = job_key(id)
local found = redis.call('HMGET', job, 'token', 'mode', 'ends_ms', 'legs', 'status', 'late_ms')
if found[1] ~= token then return '' end

-- Whether a receipt tells that the provider has what this run sent or looked for.
local function is_told()
  for _, each in ipairs(redis.call('LRANGE', parked_key(connection, reference), 0, -1)) do
    if string.match(each, '^%a+') ~= 'unknown' then return true end
  end
end

local delivered = found[5] == 'delivered'
if delivered then status, listed = found[5], found[5] end
local told = (status == 'queued' or status == 'sending') and is_told()
if told then status, listed, detail = 'sent', 'sent', '' end
local asked = found[2] == 'settle'
-- What a look-up made of the job is no attempt, where a receipt knew better.
local untrue = told and asked and 'attempts'
-- Only a look-up that can prove absence goes before fresh work. It comes within a minute of the
-- time when the call could last have taken effect.
local late = later - (tonumber(found[3]) or 0) > LATE
local kept, removed = {'status', status, 'updated_ms', wall}, {'token', 'mode'}
for _, field in ipairs(fields) do
  if field.value == '' then
    removed[#removed + 1] = field.name
  elseif field.name ~= untrue then
    kept[#kept + 1] = field.name
    kept[#kept + 1] = field.value
  end
end
redis.call('HSET', job, unpack(kept))
note_status(id, workspace, created, listed)
redis.call('HDEL', job, unpack(removed))
redis.call('ZREM', jobs_leased, id)
redis.call('DEL', rq_job_key(id))
-- There, where the sweep took this process for dead and no other has claimed the job yet.
redis.call('ZREM', lane_asks_key(connection), id)
if status == 'queued' then
  redis.call('HSET', job, 'due_ms', later)
  -- What a provider lets wait is not given up: its time begins with the next call. What is full has a
  -- time of its own, and the text that was first stays first.
  if later == 0 and full == '' then redis.call('HDEL', job, 'first_ms') end
  to_due(connection, id, later > 0 and later or began - APART)
  if found[6] then redis.call('ZADD', lane_ends_key(connection), found[6], id) end
end
if status == 'sending' then to_asks(connection, id, later, late) end
if later > 0 then look_at(connection, later) end
end_pace(connection, id, asked, status)
local is_over = reach == 'answered' or (reach == '' and status == 'failed')
if full ~= '' then
  note_full(connection, id, facts_of(redis.call('HGET', job, 'facts')), status == 'queued')
elseif is_over and not asked and redis.call('EXISTS', lane_paced_key(connection)) == 1 then
  end_full(connection, id, facts_of(redis.call('HGET', job, 'facts')), status == 'sent' or delivered)
end
leave(connection, id, asked, status == 'sent' or delivered)
if status == 'queued' or status == 'sending' then return status end
-- What only a job needs that is still to be sent.
redis.call('HDEL', job, 'first_ms', 'due_ms', 'ends_ms', 'account')
redis.call('EXPIRE', job, keep_seconds)
if found[4] then redis.call('ZREM', lane_fallbacks_key(connection), id) end
if found[6] then redis.call('ZREM', lane_ends_key(connection), id) end
if delivered or told then redis.call('HDEL', job, 'error', 'message', 'lost_ms', 'past') end
if not delivered then add_status_event(job, status, detail) end
if told then note_ended(job, status) end
if status == 'sent' and message ~= 0 then tally(workspace, string.sub(changed_at, 1, 13), lasted, 1) end
redis.call('HSET', job, 'sent_as', reference)
if provider_id ~= '' then record_provider_id(connection, provider_id, reference) end
for _, name in ipairs({reference, provider_id}) do
  if name ~= '' then
    local parked = parked_key(connection, name)
    for _, each in ipairs(redis.call('LRANGE', parked, 0, -1)) do
      local word, receipt = string.match(each, '^(%a+) (.*)$')
      apply_receipt(job, word, receipt, false)
    end
    redis.call('DEL', parked)
  end
end
if counted ~= '' then redis.pcall('HINCRBY', measures, counted, 1) end
-- Where something else wrote this key, callers who wait look by themselves a second later.
redis.pcall('XADD', ended, 'MAXLEN', '~', 1000, '*', 'job', id)
return redis.call('HGET', job, 'status')
