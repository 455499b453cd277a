-- Name the lanes that are due, or will be within `ahead` milliseconds, each with when it is. Who asks
-- looks at them at their times. They are due for others a little later, should it die before.
local MEANTIME = 2000

local found = redis.call('ZRANGEBYSCORE', lanes, '-inf', now + ahead, 'WITHSCORES', 'LIMIT', 0, most)
for first = 1, #found, 2 do
  local at = math.max(tonumber(found[first + 1]), now)
  redis.call('ZADD', lanes, 'XX', at + MEANTIME, found[first])
end
return found
