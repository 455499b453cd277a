-- Take back jobs whose call is answered 503. Nothing was sent of those that no process has claimed.
-- Returns the ids of the others, whose call cannot be taken back. The workspace's list still names
-- the jobs, as it names those whose record has expired.
local stays, ids = {}, table.concat(jobs, ' ')
for _, id in ipairs(jobs) do
  local job = job_key(id)
  local status = redis.call('HGET', job, 'status')
  if status == 'queued' or status == 'scheduled' then
    redis.call('DEL', job, rq_job_key(id))
    redis.call('ZREM', jobs_due, id)
    redis.call('ZREM', lane_due_key(lane), id)
    redis.call('ZREM', lane_out_key(lane), id)
    redis.call('ZREM', lane_fallbacks_key(lane), id)
    unqueue(lane, id)
    redis.call('ZREM', job_statuses_key(workspace), id)
  elseif status then
    stays[#stays + 1] = id
  end
end
-- The key counts as new again, unless it stands for another call.
if idempotency ~= '' and #stays == 0 then
  local first = string.match(redis.call('GET', idempotency) or '', '^%S+ (.*)$')
  if first == ids then redis.call('DEL', idempotency) end
end
return stays
