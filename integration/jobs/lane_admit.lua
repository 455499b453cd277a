-- admit(): give as many jobs of a lane as may run now their wake-ups in RQ's queue.
local MANY, FEW = 8, 2
-- With so many wake-ups in RQ's queue each lane has room for a few alone, so that no lane waits
-- for another's many.
local CROWD = 100
-- Permits that are left to look-ups whose time has come, at the end of a provider's window.
local RESERVED = 10

-- Wake the first look-up between these two times, one at a time.
local function ask(lane, first, last)
  local state, asks = lane_key(lane), lane_asks_key(lane)
  local id, asking = nil, nil
  repeat
    id = redis.call('ZRANGEBYSCORE', asks, first, last, 'LIMIT', 0, 1)[1]
    asking = id and redis.call('HGET', state, 'asking')
    if not id or (asking and redis.call('ZSCORE', lane_out_key(lane), asking)) then return false end
  until wake_up(lane, asks, id)
  redis.call('HSET', state, 'asking', id)
  redis.call('EXPIRE', state, LANE_SECONDS)
  return true
end

-- How many calls the provider allows now, and when it allows more.
local function permits_left(lane)
  local found = redis.call('HMGET', permits_key(lane), 'blocked', 'ends', 'most', 'count')
  local blocked, ends = tonumber(found[1]) or 0, tonumber(found[2]) or 0
  if blocked > now then return 0, blocked end
  if ends <= now or not found[3] then return MANY + RESERVED, now end
  return tonumber(found[3]) - (tonumber(found[4]) or 0), ends
end

-- Wake the next that are due, up to so many; returns how many were looked at.
local function wake_due(lane, room)
  local pacing = pacing_of(lane)
  if not pacing and redis.call('EXISTS', lane_paced_key(lane)) == 1 then pacing = {} end
  if pacing then return wake_paced(pacing, lane, room) end
  local due = lane_due_key(lane)
  local found = redis.call('ZRANGEBYSCORE', due, '-inf', now, 'LIMIT', 0, room)
  for _, id in ipairs(found) do
    if not wake_up(lane, due, id) then look_at(lane, now) end
  end
  return #found
end

-- A provider that does not answer gets one probe after each pause, a look-up and a text in turns.
-- So a history that hangs alone stops no texts, and texts that hang alone do not all end unknown.
local function probe(lane, turn)
  if redis.call('EXISTS', lane_out_key(lane)) == 1 then return end
  if turn ~= 'send' and ask(lane, '-inf', '+inf') then return end
  -- What was just answered is asked again when its time has come, and no sooner.
  if wake_due(lane, 1) == 0 then ask(lane, APART, now + APART) end
end

local function room_of(lane)
  local many = redis.call('EXISTS', lane_answered_key(lane)) == 1
  if many then many = redis.call('LLEN', rq_waiting_key(rq_origin)) < CROWD end
  return (many and MANY or FEW) - redis.call('ZCARD', lane_out_key(lane))
end

-- Those whose time is over end now, whatever holds up the others: nobody is called for them.
local function end_late(lane)
  local due, ends = lane_due_key(lane), lane_ends_key(lane)
  local found = redis.call('ZRANGE', ends, 0, MANY - 1, 'WITHSCORES')
  for place = 1, #found, 2 do
    local id, at = found[place], tonumber(found[place + 1])
    if at > now then return look_at(lane, at) end
    local waited = unqueue(lane, id)
    if redis.call('ZREM', due, id) == 1 or waited then wake_up(lane, due, id) end
  end
  if #found == 2 * MANY then look_at(lane, now) end
end

local function admit(lane)
  local silent = redis.call('HMGET', lane_key(lane), 'until', 'turn')
  local waits = (tonumber(silent[1]) or 0) > now
  if waits and silent[2] == 'closed' then return look_at(lane, silent[1]) end
  end_late(lane)
  local left, opens = permits_left(lane)
  if left <= 0 then return look_at(lane, opens) end
  -- Before all else, and also while the provider is silent: these look-ups have their time.
  if ask(lane, '-inf', now) then left = left - 1 end
  if waits then return look_at(lane, silent[1]) end
  if silent[1] then return probe(lane, silent[2]) end
  if left <= RESERVED then
    -- Those that were woken before take their permits yet.
    left = left - redis.call('ZCARD', lane_out_key(lane))
      - redis.call('ZCOUNT', lane_asks_key(lane), '-inf', APART)
    if left <= 0 then return look_at(lane, opens) end
  end
  local room = math.min(room_of(lane), left)
  if room <= 0 then return end
  if wake_due(lane, room) == 0 then ask(lane, APART, now + APART) end
end
