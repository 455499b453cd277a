-- Agree on the time. The steady time is that of the caller that has counted furthest; `ours` is the
-- caller's (ms), 0 for a process that has just started.
-- Returns the steady time, that of the store's own clock, and when the store was born.
local time = redis.call('TIME')
local wall = time[1] * 1000 + math.floor(time[2] / 1000)
local known = fields_of(clock, 'steady', 'wall')
local before, shown = tonumber(known[1]), tonumber(known[2])
-- One of the two is not enough: the steady time alone has no date, the wall time alone counts
-- from 1970.
if not (before and shown) then before, shown = 0, 0 end
local steady = gone_on(before, shown, wall, ours == 0)
steady = math.max(steady, ours)
redis.call('HSET', clock, 'steady', steady, 'wall', wall)
if ours > 0 and before > 0 and ours - before > GAP then
  redis.call('HSET', clock, 'hold', steady + HOLD)
end
witness(steady)
forget_old_beats(steady)
return {steady, wall, redis.call('GET', empty_mark) or ''}
