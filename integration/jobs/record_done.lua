-- Record jobs that are done already, and the idempotency key of their call ('' for none).
-- Returns 'made', 'conflict' where the key came with another body, or 'again' and the ids of the
-- first call.
local digest, first = nil, nil
if idempotency ~= '' then
  digest, first = string.match(redis.call('GET', idempotency) or '', '^(%S+) (.*)$')
end
if first then return {digest == body_digest and 'again' or 'conflict', first} end
local jobs, ids = jobs_key(workspace), {}
for place, new in ipairs(new_jobs) do
  local job = job_key(new.id)
  redis.call('HSET', job, 'facts', new.facts, 'status', 'sent', 'request_id', new.request_id,
    'updated_ms', new.created, 'message', new.message, 'attempts', new.attempt, 'result', new.result)
  redis.call('EXPIRE', job, keep_seconds)
  note_status(new.id, workspace, new.created, 'sent')
  if redis.call('LPUSH', jobs, new.id) > JOBS_KEPT then redis.call('RPOP', jobs) end
  ids[place] = new.id
end
if idempotency ~= '' then
  local first_answer = body_digest .. ' ' .. table.concat(ids, ' ')
  redis.call('SET', idempotency, first_answer, 'EX', IDEMPOTENCY_SECONDS)
end
return {'made', ''}
