-- Accept one call: its jobs, RQ's wake-ups for them and its idempotency key, all in one step. So
-- an accepted job is never without a wake-up, and the sweeper finds it in the due set should RQ
-- lose the wake-up. `idempotency` is '' where the call came without a key.
-- Returns what admitted() says, then 'made', 'conflict', 'changed' when the connections changed
-- after they were cached, or 'again' and the ids of the first call. Only 'made' makes anything.
-- The call itself again, whose answer was lost on the way to us: it was admitted, and is done.
if redis.call('EXISTS', job_key(new_jobs[1].id)) == 1 then return {key_record, 0, 0, 'made', ''} end
local open, admission = admitted()
if not open then return admission end

local function ended(outcome, first)
  return {admission[1], admission[2], admission[3], outcome, first or ''}
end

local digest, first = nil, nil
if idempotency ~= '' then
  digest, first = string.match(redis.call('GET', idempotency) or '', '^(%S+) (.*)$')
end
if first then return ended(digest == body_digest and 'again' or 'conflict', first) end
if (redis.call('GET', connections_stamp) or '') ~= stamp then return ended('changed') end
local ids = {}
for place, new in ipairs(new_jobs) do
  local job = job_key(new.id)
  redis.call('HSET', job, 'facts', new.facts, 'status', new.status)
  -- A job for at once gets no time of ours. A worker whose clock lags by a moment would leave it to
  -- the sweep, five seconds later.
  if new.not_before ~= '' then redis.call('HSET', job, 'due_ms', new.not_before) end
  if awaited == 1 then redis.call('HSET', job, 'awaited', 1) end
  if redis.call('LPUSH', jobs, new.id) > jobs_kept then redis.call('RPOP', jobs) end
  redis.call('ZADD', jobs_due, new.due, new.id)
  if new.status == 'queued' then enqueue(new.id, 'RPUSH') end
  ids[place] = new.id
end
if idempotency ~= '' then
  local first_answer = body_digest .. ' ' .. table.concat(ids, ' ')
  redis.call('SET', idempotency, first_answer, 'EX', idempotency_seconds)
end
return ended('made')
