-- Move a job to the next of its connections, in one step. A process that dies has moved nothing of
-- it, or all of it. So the job is in one lane at any time.
-- With a `token`, the run that holds the job has ended, and nothing was sent by it. Without one the
-- job waits unclaimed, and `before` is what it was accepted with, as the caller read it.
-- `at` is when the job may leave the new connection as well, 0 where that is its last one.
-- Returns 1, or 0 where the job has gone on meanwhile. A receipt of an earlier send may have shown it as
-- delivered: finish.lua ends that.
local job = job_key(id)
local found = redis.call('HMGET', job, 'token', 'status', 'facts', 'late_ms')
if token ~= '' then
  if found[1] ~= token or found[2] == 'delivered' then return 0 end
  redis.call('DEL', rq_job_key(id))
else
  local waits = found[2] == 'queued' or found[2] == 'scheduled'
  if found[1] or not waits or found[3] ~= before then return 0 end
end
-- Before it counts for another account.
end_pace(lane, id, false, 'queued')
unqueue(lane, id)
redis.call('HSET', job, 'facts', facts, 'legs', legs, 'status', 'queued', 'updated_ms', wall,
  'message', message, 'attempts', attempts)
redis.call('HDEL', job, 'token', 'mode', 'error', 'claims', 'first_ms', 'due_ms', 'ends_ms', 'account')
note_status(id, workspace, created, 'queued')
redis.call('ZREM', jobs_leased, id)
for _, set in ipairs({lane_due_key(lane), lane_asks_key(lane), lane_fallbacks_key(lane)}) do
  redis.call('ZREM', set, id)
end
leave(lane, id, false, false)
to_due(to, id, now)
if found[4] then redis.call('ZADD', lane_ends_key(to), found[4], id) end
if at > 0 then redis.call('ZADD', lane_fallbacks_key(to), at, id) end
look_at(to, now)
admit(to)
return 1
