-- witness(): whether this store has what the calling process wrote last. If not, it was put back to
-- an earlier state, and what waits in it may have been sent since. The first that notices says so
-- in `past`, in the same step, so that no job is claimed in between.
-- A process writes its `beat` at each claim and each second. A beat is of the steady time and only
-- goes up. `seen` is the highest that the store has confirmed, 0 where it confirmed none recently.
-- A plain restart of the store loses none. A store with another birth was emptied (durability.py).
local MANY, OLD = 100, 3600000

local function witness(now)
  local found, replaced = fields_of(processes, process, 'since')
  if replaced then redis.call('HSET', processes, 'since', now) end
  local held = tonumber(found[1])
  redis.call('HSET', processes, process, math.max(beat, held or 0))
  if seen == 0 or replaced or math.max(held or 0, tonumber(found[2]) or 0) >= seen then return end
  if seen_born == '' or redis.call('GET', empty_mark) ~= seen_born then return end
  -- Another process noticed it before.
  if (tonumber(fields_of(past, 'until')[1]) or 0) >= seen then return end
  redis.call('HSET', past, 'mark', 'proved ' .. now, 'before', seen_wall, 'until', now)
end

local function forget_old_beats(now)
  if redis.call('HLEN', processes) <= MANY then return end
  local all = redis.call('HGETALL', processes)
  for place = 1, #all, 2 do
    if (tonumber(all[place + 1]) or 0) < now - OLD then redis.call('HDEL', processes, all[place]) end
  end
end
