-- count_hours(): count how a hook's attempts ended, by the hour of the store's steady time.
-- One command for each kind of end and step. Old hours go when an hour begins.
-- Reads the name now.
local HOUR_MS = 3600000

local function forget_hours(key, hour)
  local found = redis.call('HGETALL', key)
  for place = 1, #found, 2 do
    local own = tonumber(string.match(found[place], '^%a(%d+)$') or '')
    if not own or own <= hour - HOURS_KEPT then redis.call('HDEL', key, found[place]) end
  end
  redis.call('EXPIRE', key, HOURS_SECONDS)
end

local function count_hours(key, tally)
  local hour = math.floor(now / HOUR_MS)
  for letter, number in pairs(tally) do
    local after = redis.call('HINCRBY', key, string.format('%s%d', letter, hour), number)
    if after == number then forget_hours(key, hour) end
  end
end
