-- job_of(), refer(): which job of ours has this number at the provider. The numbers of a month
-- are one hash, which goes a month after its end: a key of its own would cost each twice as much.
-- The server's clock tells the month, so that two processes never look into different ones; the
-- month to come is looked at as well, for that clock may be set back.
local MONTH = 2592000

local function month(prefix, back)
  return prefix .. ':' .. (math.floor(redis.call('TIME')[1] / MONTH) - back)
end

local function job_of(prefix, number)
  for back = 1, -1, -1 do
    local id = redis.call('HGET', month(prefix, back), number)
    if id then return id end
  end
  return nil
end

local function refer(prefix, number, id)
  local place = month(prefix, 0)
  redis.call('HSET', place, number, id)
  redis.call('EXPIRE', place, 2 * MONTH)
end
