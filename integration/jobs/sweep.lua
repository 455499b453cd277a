-- Look at a lane: take back lost wake-ups and jobs whose process died, admit what may go, and set
-- when the sweep looks next. With `ids`, take these jobs into their lanes and do nothing else. They are
-- of another release, or scheduled and due, or their lease has ended. Returns the jobs that another
-- connection may take, where this one does not answer, or their phone or sender takes no texts. The
-- sweep looks again at once then.

local function held_until(id)
  local lease = tonumber(redis.call('ZSCORE', jobs_leased, id) or 0)
  if lease > now then return lease end
  return redis.call('LPOS', rq_waiting_key(rq_origin), id, 'MAXLEN', 1000) and now + WAKE
end

local function put_back(id)
  local found = redis.pcall('HMGET', job_key(id), 'status', 'facts', 'due_ms')
  -- What is no record is for the claim to note.
  if found.err then return enqueue(id) end
  local facts, status = facts_of(found[2]), found[1]
  local lane = facts[CONNECTION] or ''
  redis.call('ZREM', lane_out_key(lane), id)
  local kept = status and not ENDED[status] and held_until(id)
  look_at(lane, kept or now)
  if kept then
    redis.call('ZADD', lane_out_key(lane), kept, id)
  elseif status == 'queued' or status == 'scheduled' then
    to_due(lane, id, turn_of(facts, found[3]))
  elseif status == 'sending' then
    to_asks(lane, id, now)
  elseif status and not ENDED[status] then
    -- A newer release's word: its workers go on with the job.
    redis.call('ZADD', jobs_due, now + LONGEST, id)
  end
  if not status or ENDED[status] then
    redis.call('ZREM', jobs_due, id)
    redis.call('ZREM', jobs_leased, id)
  end
end

for _, id in ipairs(ids) do put_back(id) end
if #ids > 0 then return {} end
local silent = redis.call('HEXISTS', lane_key(lane), 'since') == 1
local full = false
for _, queue in ipairs(redis.call('ZRANGE', lane_paced_key(lane), 0, -1)) do
  full = full or is_full(queue)
end
local leaving, fallbacks = {}, lane_fallbacks_key(lane)
local asked = (silent or full) and redis.call('ZRANGEBYSCORE', fallbacks, '-inf', now, 'LIMIT', 0, 100) or {}
for _, id in ipairs(asked) do
  local facts = not silent and facts_of(text(redis.pcall('HGET', job_key(id), 'facts')))
  if silent or full_of(lane, facts) then
    leaving[#leaving + 1] = id
  else
    redis.call('ZADD', fallbacks, now + LONGEST, id)
  end
end
local out, due, asks = lane_out_key(lane), lane_due_key(lane), lane_asks_key(lane)
for _, id in ipairs(redis.call('ZRANGEBYSCORE', out, '-inf', now, 'LIMIT', 0, 100)) do
  redis.call('ZREM', out, id)
  put_back(id)
end
redis.call('ZREM', lanes, lane)
if redis.call('EXISTS', due, lane_paced_key(lane), asks) > 0 then
  admit(lane)
  look_at(lane, now + LONGEST)
end
for _, set in ipairs({out, due, asks, (silent or full) and fallbacks or nil}) do
  local first = redis.call('ZRANGEBYSCORE', set, now, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)[2]
  if first then look_at(lane, first) end
end
if #asked == 100 or #leaving > 0 then look_at(lane, now) end
return leaving
