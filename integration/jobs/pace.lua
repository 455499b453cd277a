-- Pacing: how much of its budget each device, SIM or sender of a connection (a scope) has used.
-- A window is sliding: no stretch of its length holds more than the budget, wherever it begins. A
-- clock hour would let twice as many through around its edge. Its log is a row of `<share>=<parts>`;
-- a share is a 60th of the window. A share counts until all of it is as old as the window.
-- Parts count for all windows, so that a budget that is set later knows what went before.
local WINDOWS = {
  {rule = 'parts_per_minute', name = 'minute', length = 60000},
  {rule = 'parts_per_hour', name = 'hour', length = 3600000},
  {rule = 'parts_per_day', name = 'day', length = 86400000},
}
local SHARES = 60
-- The longest month, so that it holds in every calendar month.
local PEOPLE = {
  {rule = 'recipients_per_day', length = 86400000},
  {rule = 'recipients_per_month', length = 31 * 86400000},
}

local function text(value)
  return type(value) == 'string' and value or ''
end

-- The rules of a connection; nil without any.
local function pacing_of(lane)
  local found = decoded(text(redis.pcall('HGET', connection_key(lane), 'pacing')))
  return next(found) and found or nil
end

-- Whom a text counts for. A phone that gets no SIM named sends from its first.
local function scope_of(pacing, input)
  local per, name = text(pacing.per), ''
  if per == 'device' or per == 'sim' then name = text(input.device_fingerprint) end
  if per == 'sim' then
    local sim = text(input.sim_slot)
    name = name .. ' ' .. (sim == '' and 'SIM1' or sim)
  elseif per == 'sender' then
    local sender = text(input.sender_id)
    if sender == '' then sender = text(pacing.sender) end
    name = string.lower((string.gsub(sender, '[%s%p]', '')))
  end
  return string.sub(redis.sha1hex(per .. ' ' .. name), 1, 16)
end

local function is_text(input)
  return text(input.phone) ~= '' and text(input.message) .. text(input.media_url) ~= ''
end

-- What of a job counts; nil for a job that sends no text. The number itself is not kept.
local function counted_of(pacing, lane, facts)
  local input = facts[INPUT]
  if not is_text(input) then return nil end
  return {
    scope = scope_of(pacing, input),
    parts = tonumber(facts[SEGMENTS]) or 1,
    person = string.sub(redis.sha1hex(pepper .. ' ' .. lane .. ' ' .. input.phone), 1, 20),
  }
end

-- Whether a text has more parts than a window ever lets through.
local function never_fits(pacing, parts)
  for _, each in ipairs(WINDOWS) do
    if parts > (tonumber(pacing[each.rule]) or parts) then return true end
  end
  return false
end

local function log_of(stored, window)
  local log, share = {total = 0}, window.length / SHARES
  for place, parts in string.gmatch(text(stored), '(%d+)=(%d+)') do
    local leaves = (place + 1) * share + window.length
    if leaves > now then
      log[#log + 1] = {place = tonumber(place), parts = tonumber(parts), leaves = leaves}
      log.total = log.total + parts
    end
  end
  return log
end

local function pace_of(lane, scope)
  local key = pace_key(lane, scope)
  local found = redis.call('HMGET', key, 'last', 'minute', 'hour', 'day')
  local pace = {key = key, people = pace_people_key(lane, scope), last = tonumber(found[1])}
  for place, each in ipairs(WINDOWS) do pace[each.name] = log_of(found[place + 1], each) end
  return pace
end

-- When so many parts may go, and the rule that they wait for; `now` for at once.
local function opens(pacing, pace, parts)
  local at, why = now, ''
  local gap = tonumber(pacing.gap_seconds)
  if gap and pace.last and pace.last + gap * 1000 > at then
    at, why = pace.last + gap * 1000, 'gap_seconds'
  end
  for _, window in ipairs(WINDOWS) do
    local most, log = tonumber(pacing[window.rule]), pace[window.name]
    local over = most and log.total + parts - most or 0
    for _, share in ipairs(log) do
      if over <= 0 then break end
      over = over - share.parts
      if share.leaves > at then at, why = share.leaves, window.rule end
    end
    -- With parts that are about to be counted; when these leave, nobody knows yet.
    if over > 0 and at <= now then at, why = now + 1, window.rule end
  end
  return at, why
end

-- The same for one more recipient, who may be known; `more` are about to be counted. With these,
-- `at` is only whether it is later than now.
local function people_open(pacing, pace, person, more)
  local at, why = now, ''
  for _, each in ipairs(PEOPLE) do
    local most, since = tonumber(pacing[each.rule]), now - each.length
    local known = most and tonumber(redis.call('ZSCORE', pace.people, person) or 0) or now
    if known <= since then
      local over = redis.call('ZCOUNT', pace.people, '(' .. since, '+inf') - most
      local oldest = over >= 0 and redis.call('ZRANGEBYSCORE', pace.people, '(' .. since, '+inf',
        'WITHSCORES', 'LIMIT', over, 1)[2]
      local leaves = oldest and oldest + each.length or (over + more >= 0 and now + 1) or now
      if leaves > at then at, why = leaves, each.rule end
    end
  end
  return at, why
end

local function is_known(pacing, pace, person)
  local score = tonumber(redis.call('ZSCORE', pace.people, person) or 0)
  for _, each in ipairs(PEOPLE) do
    if pacing[each.rule] and score <= now - each.length then return false end
  end
  return true
end

-- Add these parts at a time; a number below 0 takes them back where they still count.
local function add_parts(pace, at, parts)
  local stored = {}
  for _, window in ipairs(WINDOWS) do
    local share, log, found = math.floor(at * SHARES / window.length), pace[window.name], false
    for _, each in ipairs(log) do
      if each.place == share then
        each.parts, found = math.max(0, each.parts + parts), true
      end
    end
    if not found and parts > 0 then log[#log + 1] = {place = share, parts = parts} end
    local row = {}
    for _, each in ipairs(log) do
      if each.parts > 0 then row[#row + 1] = each.place .. '=' .. each.parts end
    end
    stored[#stored + 1] = window.name
    stored[#stored + 1] = table.concat(row, ' ')
  end
  redis.call('HSET', pace.key, unpack(stored))
  redis.call('EXPIRE', pace.key, PACE_SECONDS)
end
