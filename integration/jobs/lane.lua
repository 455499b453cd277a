-- Lanes: where each connection's jobs wait. A job gets its wake-up in RQ's queue only while its
-- lane has room. So the queue stays short and mixed, and an account holds up its own jobs alone.
-- A job that has not ended is in one of three sets of its lane. In `due` it waits to be sent, in
-- `asks` for a look-up, and in `out` it has a wake-up in RQ or is in flight. `lanes` says when the
-- sweep looks at a lane next.
-- Late look-ups lie so far behind the others of `asks`. In `jobs_due` and `jobs_leased`, a job that
-- is in a lane has a score so far below zero. Our sweep passes over it, and that of a release
-- without lanes finds it due.
local APART = 1e14
-- A lane with jobs is looked at so often at least: a provider may state a time that is absurd.
local LONGEST = 60000
local ENDED = {sent = 1, delivered = 1, failed = 1, unknown = 1, cancelled = 1}

local function look_at(lane, at)
  redis.call('ZADD', lanes, 'LT', math.min(at, now + LONGEST), lane)
end

-- The turn of a job that was woken in vain: before those that were not, in the order in which they
-- came. One with a time of its own has that.
local function turn_of(facts, due)
  return tonumber(due) or (tonumber(facts[CREATED]) or 0) - APART
end

local function to_due(lane, id, at)
  redis.call('ZADD', lane_due_key(lane), at, id)
  redis.call('ZADD', jobs_due, at - APART, id)
end

local function to_asks(lane, id, at, late)
  redis.call('ZADD', lane_asks_key(lane), late and at + APART or at, id)
  redis.call('ZADD', jobs_leased, at - APART, id)
end
