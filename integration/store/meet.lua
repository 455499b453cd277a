-- Note which run of the server this is, for a process that starts.
-- A run that began while our processes ran was noted by them. Any other may hold an earlier state
-- of the store, and nothing proves whether it does. Returns 1 where that concerns jobs that wait.
local before = fields_of(clock, 'run', 'steady', 'wall')
redis.call('HSET', clock, 'run', run)
if not before[1] or before[1] == run then return 0 end
if redis.call('EXISTS', jobs_due, jobs_leased) == 0 then return 0 end
local time = redis.call('TIME')
local wall = time[1] * 1000 + math.floor(time[2] / 1000)
-- The steady time, which is behind the wall's where it stood still: all sends wait for `hold`.
local now = gone_on(tonumber(before[2]) or 0, tonumber(before[3]) or 0, wall, true)
redis.call('HSET', clock, 'hold', now + HOLD)
local known = fields_of(past, 'mark', 'until')
-- A process that has proved it notes the run as well, a moment later. An older proof is of a store
-- before this one, and says nothing of it.
if string.find(known[1] or '', 'proved', 1, true) and (tonumber(known[2]) or 0) > now - GAP then
  return 0
end
-- A job of before may be dated a moment later than what the clock was last agreed to be.
redis.call('HSET', past, 'mark', 'unsure ' .. now, 'before', wall, 'until', now + GAP)
return 1
