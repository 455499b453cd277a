-- leave(): give a job's place in its lane to the next, after a run of it has ended.
-- `reach` says what the run showed of the provider: 'answered', 'silent', 'busy' for one that asks
-- us to wait `busy_ms` (0: as long as its permits say), or '' for nothing. 'closed' is an account
-- that we cannot open: it gets neither texts nor look-ups for `busy_ms`. `asked` says that the run
-- was a look-up, and `arrived` that the job's text did.
local PAUSES = {1000, 2000, 5000, 10000, 30000, 60000, 120000, 300000}

-- How long the next pause is. Each is up to a quarter shorter, by a share that the lane's name and
-- the count give. So accounts that fell silent together are not tried again together.
local function pause_of(lane, fails)
  local share = tonumber(string.sub(redis.sha1hex(lane .. fails), 1, 4), 16) / 65535
  return math.floor(PAUSES[math.min(fails, #PAUSES)] * (1 - share / 4))
end

local function note_silence(lane, asked)
  local state = lane_key(lane)
  -- One history that hangs does not stop an account whose sends are answered.
  if asked and redis.call('EXISTS', lane_answered_key(lane)) == 1 then return end
  redis.call('DEL', lane_answered_key(lane))
  local found = redis.call('HMGET', state, 'until', 'fails')
  -- What fails during a pause began before it.
  if (tonumber(found[1]) or 0) <= now then
    local fails = (tonumber(found[2]) or 0) + 1
    redis.call('HSET', state, 'fails', fails, 'until', now + pause_of(lane, fails))
    redis.call('HSETNX', state, 'since', wall)
  end
  redis.call('HSET', state, 'turn', asked and 'send' or 'ask')
  if asked then redis.call('HSET', state, 'asks_fail', 1) end
  redis.call('EXPIRE', state, LANE_SECONDS)
end

-- A look-up that is answered ends the pause where it shows that its text `arrived`. It also does
-- where look-ups were silent, or no text waits. Else it says nothing of the calls that send.
local function note_answer(lane, asked, arrived)
  local state = lane_key(lane)
  if not asked then
    redis.call('SET', lane_answered_key(lane), 1, 'EX', ANSWERED_SECONDS)
    redis.call('HDEL', state, 'until', 'fails', 'since', 'turn', 'asks_fail')
  elseif redis.call('HEXISTS', state, 'until') == 1 then
    redis.call('HSET', state, 'turn', 'send')
    local news = redis.call('HDEL', state, 'asks_fail') == 1 or arrived
    if news or redis.call('EXISTS', lane_due_key(lane), lane_paced_key(lane)) == 0 then
      redis.call('HSET', state, 'until', now)
      redis.call('HDEL', state, 'since')
    end
  end
end

local function leave(lane, id, asked, arrived)
  redis.call('ZREM', lane_out_key(lane), id)
  if asked then redis.call('HDEL', lane_key(lane), 'asking') end
  if reach == 'silent' then note_silence(lane, asked) end
  if reach == 'answered' then note_answer(lane, asked, arrived) end
  if reach == 'closed' then
    redis.call('HSET', lane_key(lane), 'until', now + busy_ms, 'turn', 'closed')
    redis.call('EXPIRE', lane_key(lane), LANE_SECONDS)
  end
  if reach == 'busy' and busy_ms > 0 then
    redis.call('HSET', permits_key(lane), 'blocked', now + busy_ms)
    redis.call('PEXPIRE', permits_key(lane), 3600000)
  end
  if redis.call('EXISTS', lane_due_key(lane), lane_paced_key(lane), lane_asks_key(lane)) > 0 then
    admit(lane)
  end
end
