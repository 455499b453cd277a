-- Agree on the time: the steady one is that of the caller that has counted furthest.
-- KEYS: clock. ARGV: the caller's steady time (ms), 0 for a process that has just started.
-- Returns the steady time and that of the store's own clock.
-- The store's clock may be set by an hour at any moment, so between two calls it is believed for
-- LONGEST only: a lease and a delay lose no more. A process that starts where nobody has been for
-- a while goes by it: time went on without us.
local LONGEST, ALONE = 500, 10000
local time = redis.call('TIME')
local wall = time[1] * 1000 + math.floor(time[2] / 1000)
local known = redis.pcall('HMGET', KEYS[1], 'steady', 'wall')
if known.err then
  -- Written by somebody else: nobody could work any more.
  redis.call('DEL', KEYS[1])
end
local before, shown = tonumber(known[1]), tonumber(known[2])
-- Half of it says nothing: the steady time alone would be of no moment, the wall alone of 1970.
if not (before and shown) then before, shown = 0, 0 end
local ours, gap = tonumber(ARGV[1]), wall - shown
local steady = before + math.min(math.max(gap, 0), LONGEST)
steady = math.max(steady, ours)
if ours == 0 and gap > ALONE then steady = math.max(steady, wall) end
redis.call('HSET', KEYS[1], 'steady', steady, 'wall', wall)
return {steady, wall}
