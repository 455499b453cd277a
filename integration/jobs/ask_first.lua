-- Have a job's provider asked before it is sent: the store is of an earlier time, and the job may
-- have gone out since. In one step, so that no worker finds it queued.
-- A job whose time lies ahead cannot have gone out, and waits on.
-- Returns 1, or 0 where nothing has to be asked.
local job = job_key(id)
local found = redis.call('HMGET', job, 'status', 'facts', 'due_ms', 'first_ms', 'attempts', 'legs')
local status, facts, due = found[1], facts_of(found[2]), tonumber(found[3]) or 0
local lane, is_open = facts[CONNECTION] or '', status == 'queued' or status == 'sending'
-- No copy of the store has the lanes. A job that has nowhere to go on leaves this set by itself.
if found[6] and (is_open or status == 'scheduled') then
  redis.call('ZADD', lane_fallbacks_key(lane), now, id)
end
if status == 'scheduled' and due > now then
  to_due(lane, id, due)
  look_at(lane, due)
end
if not is_open and not (status == 'scheduled' and due <= now) then return 0 end
-- The look-up goes back as far as the call can have been made. Without the time of a first attempt
-- it would begin with its own.
local first = tonumber(found[4]) or (status == 'scheduled' and due) or ((tonumber(facts[CREATED]) or wall) - ahead)
local attempts = found[5] and found[5] ~= '' and (found[5] .. ',' .. attempt) or attempt
redis.call('HSET', job, 'status', 'sending', 'updated_ms', wall, 'first_ms', first, 'ends_ms', now,
  'claims', 0, 'attempts', attempts, 'message', message)
redis.call('HDEL', job, 'token', 'mode')
note_status(id, facts[WORKSPACE], facts[CREATED], 'sending')
redis.call('PERSIST', job)
redis.call('ZREM', jobs_due, id)
redis.call('ZREM', lane_due_key(lane), id)
redis.call('ZREM', lane_out_key(lane), id)
unqueue(lane, id)
to_asks(lane, id, now)
look_at(lane, now)
return 1
