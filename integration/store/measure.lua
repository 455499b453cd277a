-- Add what a process has counted. `away_ms` is how long the store has not answered this process, -1
-- for one that does not call each second. The store counts as away while no process reached it. So
-- of the processes that come back, the first tells how long that was.
local OFTEN = 3000
for _, each in ipairs(counts) do redis.pcall('HINCRBY', measures, each.field, each.by) end
if away_ms < 0 then return end
local time = redis.call('TIME')
local wall = time[1] * 1000 + math.floor(time[2] / 1000)
local seen = redis.pcall('HGET', measures, 'seen')
local away = math.min(wall - (tonumber(type(seen) == 'string' and seen) or wall), away_ms)
if away > OFTEN then redis.pcall('HINCRBY', measures, 'store_away_ms', away) end
redis.pcall('HSET', measures, 'seen', wall)
