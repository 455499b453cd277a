-- Agree on the time. The steady time is that of the caller that has counted furthest; `ours` is the
-- caller's (ms), 0 for a process that has just started.
-- Returns the steady time, that of the store's own clock, and when the store was born.
-- The store's clock may be set by an hour at any moment. So between two calls it is believed for
-- LONGEST only, and a lease and a delay lose no more. A process that starts after no process has
-- called for a while takes the store's time: time went on without us.
local LONGEST, ALONE = 500, 10000
local time = redis.call('TIME')
local wall = time[1] * 1000 + math.floor(time[2] / 1000)
local known = fields_of(clock, 'steady', 'wall')
local before, shown = tonumber(known[1]), tonumber(known[2])
-- One of the two is not enough: the steady time alone has no date, the wall time alone counts
-- from 1970.
if not (before and shown) then before, shown = 0, 0 end
local gap = wall - shown
local steady = before + math.min(math.max(gap, 0), LONGEST)
steady = math.max(steady, ours)
if ours == 0 and gap > ALONE then steady = math.max(steady, wall) end
redis.call('HSET', clock, 'steady', steady, 'wall', wall)
if ours > 0 and before > 0 and ours - before > GAP then
  redis.call('HSET', clock, 'hold', steady + HOLD)
end
witness(steady)
forget_old_beats(steady)
return {steady, wall, redis.call('GET', empty_mark) or ''}
