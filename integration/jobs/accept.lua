-- Accept one call in one step: its jobs, their places in the lane, wake-ups for those that may run
-- now, and the idempotency key. That is '' for a call without one.
-- Returns what admitted() says, then 'made', 'conflict', or 'again' and the ids of the first call.
-- It is 'met' and the id of a job where all of them are duplicates (duplicates.lua). A duplicate of a
-- batch is made all the same; its run ends it. It is 'changed' when the connections changed after they were cached, and 'full' where too many
-- jobs of the workspace wait. Only 'made' makes anything.
-- The call itself again, whose answer was lost on the way to us: it was admitted, and is done.
if redis.call('EXISTS', job_key(new_jobs[1].id)) == 1 then return {key_record, 0, 0, 'made', ''} end
local open, admission = admitted()
if not open then return admission end

local function answered(outcome, first)
  return {admission[1], admission[2], admission[3], outcome, first or ''}
end

-- All jobs of the workspace that have not ended. Its lanes hold each of them once, so this count
-- cannot drift.
local function waiting()
  local count = 0
  for _, each in ipairs(redis.call('ZRANGE', workspace_connections_key(workspace), 0, -1)) do
    count = count + redis.call('ZCARD', lane_due_key(each))
      + redis.call('ZCARD', lane_out_key(each)) + redis.call('ZCARD', lane_asks_key(each))
    for _, scope in ipairs(redis.call('ZRANGE', lane_paced_key(each), 0, -1)) do
      count = count + redis.call('ZCARD', lane_queue_key(each, scope))
    end
  end
  return count
end

-- Whether a job of the lane may run at once: nothing waits in it, and it has room.
local function is_open(lane)
  if pacing_of(lane) then return false end
  local waiting = {lane_due_key(lane), lane_asks_key(lane), lane_paced_key(lane), lane_key(lane)}
  if redis.call('EXISTS', unpack(waiting)) > 0 then return false end
  local left = permits_left(lane)
  if left <= RESERVED then return false end
  return redis.call('ZCARD', lane_out_key(lane)) < FEW or room_of(lane) > 0
end

-- The last turn in the lane. Our processes disagree on the time by up to a second, so the times that
-- they give do not say which job came first.
local function last_turn(lane)
  local last, queues = 0, {lane_due_key(lane)}
  for _, scope in ipairs(redis.call('ZRANGE', lane_paced_key(lane), 0, -1)) do
    queues[#queues + 1] = lane_queue_key(lane, scope)
  end
  for _, each in ipairs(queues) do
    local found = redis.call('ZREVRANGEBYSCORE', each, now, '-inf', 'WITHSCORES', 'LIMIT', 0, 1)[2]
    last = math.max(last, tonumber(found or 0))
  end
  return last
end

local digest, first = nil, nil
if idempotency ~= '' then
  digest, first = string.match(redis.call('GET', idempotency) or '', '^(%S+) (.*)$')
end
if first then return answered(digest == body_digest and 'again' or 'conflict', first) end
if (redis.call('GET', connections_stamp_key(workspace)) or '') ~= stamp then return answered('changed') end
local jobs = jobs_key(workspace)
-- Its list names all jobs of a workspace up to a number: where that is short, no count is needed.
local listed = redis.call('LLEN', jobs) + #new_jobs > math.min(backlog, JOBS_KEPT)
if listed and waiting() + #new_jobs > backlog then return answered('full') end
local found, refused = {}, 0
for place, new in ipairs(new_jobs) do
  found[place] = met(new.digests, tonumber(new.not_before) or now) or false
  if found[place] then refused = refused + 1 end
end
if refused == #new_jobs then return answered('met', found[1]) end
-- Behind others that are due, whatever lets these go lets the new ones go as well.
local first_due = redis.call('ZRANGE', lane_due_key(lane), 0, 0, 'WITHSCORES')[2]
local behind = first_due and tonumber(first_due) <= now
local at_once = not behind and #new_jobs == 1 and new_jobs[1].status == 'queued' and is_open(lane)
local mark = redis.pcall('HGET', past, 'mark')
local ids, soonest = {}, tonumber(new_jobs[1].due)
local turn = last_turn(lane)
for place, new in ipairs(new_jobs) do
  local job, due, not_before = job_key(new.id), tonumber(new.due), new.not_before
  if found[place] then
    due, not_before = now, ''
  else
    remember(new.digests, new.id, tonumber(not_before) or now)
  end
  if due <= now then
    turn = math.min(now, math.max(due, turn + 0.001))
    due = turn
  end
  soonest = math.min(soonest, due)
  redis.call('HSET', job, 'facts', new.facts, 'status', new.status, 'request_id', new.request_id)
  -- Accepted after the store was put back: nothing can have been sent before.
  if type(mark) == 'string' then redis.call('HSET', job, 'asked', mark) end
  if found[place] then redis.call('HSET', job, 'met', found[place]) end
  if legs ~= '' and not found[place] then
    local at = (tonumber(not_before) or now) + failover_ms
    redis.call('HSET', job, 'legs', legs)
    redis.call('ZADD', lane_fallbacks_key(lane), at, new.id)
  end
  -- A job for at once gets no time of ours. A worker whose clock lags by a moment would leave it to
  -- the sweep, five seconds later.
  if not_before ~= '' then redis.call('HSET', job, 'due_ms', not_before) end
  if new.late ~= '' then
    redis.call('HSET', job, 'late_ms', new.late)
    redis.call('ZADD', lane_ends_key(lane), new.late, new.id)
    look_at(lane, tonumber(new.late))
  end
  if at_once then
    redis.call('ZADD', jobs_due, due - APART, new.id)
    start(lane, new.id)
  else
    to_due(lane, new.id, due)
  end
  note_status(new.id, workspace, new.created, new.status)
  if redis.call('LPUSH', jobs, new.id) > JOBS_KEPT then redis.call('RPOP', jobs) end
  ids[place] = new.id
end
if new_jobs[1].status ~= 'queued' then
  look_at(lane, soonest)
elseif not at_once and not behind then
  admit(lane)
end
if idempotency ~= '' then
  local first_answer = body_digest .. ' ' .. table.concat(ids, ' ')
  redis.call('SET', idempotency, first_answer, 'EX', IDEMPOTENCY_SECONDS)
end
redis.pcall('HINCRBY', measures, counted, #new_jobs)
return answered('made')
