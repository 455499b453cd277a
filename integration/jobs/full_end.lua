-- note_full(): a provider let a text wait for a phone or sender alone. `full` is which of the two, and
-- `full_ms` how long it asked us to wait, 0 for no time of its own. A text that was given up leaves the
-- next try to the next one.
-- end_full(): the text went, or was refused for itself, or ended without a call. Only one that went, or
-- that was the try, lets the next one go.
local NAMES = {device = 'device_fingerprint', sender = 'sender_id'}

local function note_full(lane, id, facts, waits)
  local queue = full_queue(full, facts[INPUT])
  local key, paced = lane_full_key(lane, queue), lane_paced_key(lane)
  local found = redis.call('HMGET', key, 'fails', 'trying')
  -- What was under way when the first was refused began before the pause.
  if not found[1] or found[2] == id then
    local fails = (tonumber(found[1]) or 0) + 1
    local pause = math.max(pause_of(lane .. queue, fails), full_ms)
    local name = text(facts[INPUT][NAMES[full]])
    redis.call('HSET', key, 'fails', fails, 'pause', pause, 'kind', full, 'name', name)
    redis.call('HSETNX', key, 'since', wall)
    redis.call('HDEL', key, 'trying')
    redis.call('ZADD', paced, waits and now + pause or now, queue)
  else
    redis.call('ZADD', paced, 'NX', now + redis.call('HGET', key, 'pause'), queue)
  end
  redis.call('EXPIRE', key, LANE_SECONDS)
end

local function end_full(lane, id, facts, arrived)
  local queue = full_of(lane, facts)
  if not queue then return end
  local key = lane_full_key(lane, queue)
  if not arrived and redis.call('HGET', key, 'trying') ~= id then return end
  if arrived then redis.call('DEL', key) end
  redis.call('ZADD', lane_paced_key(lane), now, queue)
end
