-- wake_up(): give a job of a lane its wake-up in RQ's queue.
local WAKE = 5000

local function start(lane, id)
  redis.call('ZADD', lane_out_key(lane), now + WAKE, id)
  enqueue(id)
  look_at(lane, now + WAKE)
end

-- Give a job of the lane its wake-up; false where it has ended meanwhile, or is gone.
local function wake_up(lane, from, id)
  redis.call('ZREM', from, id)
  local status = redis.pcall('HGET', job_key(id), 'status')
  if not status or (type(status) == 'string' and ENDED[status]) then
    redis.call('ZREM', jobs_due, id)
    redis.call('ZREM', jobs_leased, id)
    return false
  end
  start(lane, id)
  return true
end
