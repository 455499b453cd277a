-- Drop the deliveries of paused hooks whose event lies before the position `ms`-`sequence`, and count
-- them.
-- Looks at `most` of the workspace's deliveries whose event is of `first` (ms) or later. Returns how
-- many these were and the time of the last one's event. Last is the time (ms) of the oldest event of
-- this inbox that is still owed, '' where none of them is.
local oldest, rows = '', redis.call('ZRANGEBYSCORE', owed, first, ms, 'WITHSCORES', 'LIMIT', 0, most)

local function is_older(position)
  local own, number = string.match(position or '', '^(%d+)-(%d+)$')
  return not own or tonumber(own) < ms or tonumber(number) < sequence
end

local function is_dropped(id)
  local facts = redis.call('HMGET', delivery_key(id), 'hook', 'inbox', 'position')
  if not facts[1] then return true end
  if facts[2] ~= inbox or not is_older(facts[3]) then return false end
  if redis.call('HGET', hook_key(facts[1]), 'status') ~= 'paused' then
    if oldest == '' then oldest = string.match(facts[3], '^(%d+)%-%d+$') or '' end
    return false
  end
  redis.call('DEL', delivery_key(id))
  redis.call('ZREM', hook_due_key(facts[1]), id)
  redis.call('HINCRBY', hook_key(facts[1]), 'dropped', 1)
  return true
end

for place = 1, #rows, 2 do
  local ok, dropped = guarded(delivery_key(rows[place]), is_dropped, rows[place])
  if ok and dropped then redis.call('ZREM', owed, rows[place]) end
end
return {#rows / 2, rows[#rows] or '', oldest}
