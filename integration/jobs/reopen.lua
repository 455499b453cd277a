-- Queue a job again on request, cancel it before it starts, or close one whose outcome is unknown.
-- The new `status` is 'queued', 'scheduled', 'cancelled' or 'sent'; `allowed` holds the statuses that
-- the job may have now, each between commas. `said` is what is said of a job that ends by it, '' for
-- one that goes on, which names its next send `send`. A job that may go through several connections
-- begins with its `first` facts again, and with all of its `legs`; '' for others. Returns the status
-- that the script found.
local job = job_key(id)
local found = redis.call('HGET', job, 'status')
-- Its first call may have arrived.
if found == 'queued' and redis.call('HEXISTS', job, 'lost_ms') == 1 then return 'sending' end
if not found or not string.find(allowed, ',' .. found .. ',', 1, true) then return found or '' end
local before = redis.call('HGET', job, 'attempts')
local attempts = before and before ~= '' and (before .. ',' .. attempt) or attempt
redis.call('HSET', job, 'status', status, 'updated_ms', wall, 'attempts', attempts)
redis.call('HDEL', job, 'token', 'error', 'message', 'met', 'lost_ms')
redis.call('ZREM', lane_fallbacks_key(lane), id)
if legs ~= '' then
  redis.call('HSET', job, 'facts', first, 'legs', legs)
  redis.call('ZADD', lane_fallbacks_key(lane), due + failover_ms, id)
end
local facts = facts_of(redis.call('HGET', job, 'facts'))
note_status(id, facts[WORKSPACE], facts[CREATED], status)
if said ~= '' then
  redis.call('HSET', job, 'message', said)
  redis.call('ZREM', jobs_due, id)
  redis.call('ZREM', lane_due_key(lane), id)
  redis.call('ZREM', lane_out_key(lane), id)
  unqueue(lane, id)
  look_at(lane, now)
  redis.call('EXPIRE', job, keep_seconds)
  add_status_event(job, status, said)
  redis.pcall('HINCRBY', measures, counted, 1)
  return found
end
redis.call('HSET', job, 'due_ms', due, 'first_ms', now, 'claims', 0)
-- A worker of a release before does not name its send.
redis.call('HDEL', job, 'sent_as')
redis.call('HSET', job, 'sends_as', send)
redis.call('PERSIST', job)
to_due(lane, id, due)
local late = redis.call('HGET', job, 'late_ms')
if late then redis.call('ZADD', lane_ends_key(lane), late, id) end
if status == 'queued' then admit(lane) else look_at(lane, due) end
return found
