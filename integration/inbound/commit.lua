-- Commit a batch of sightings: the new events, and that their fan-out is owed, in one step.
-- After a crash before it nothing has happened; after a crash behind it a drain finds the inbox in
-- the owed set. A second run is harmless: it finds known ids.
-- The first message of a number is a new conversation as well: an event in an inbox of its own.
-- A record is one short text of entries, each a letter and 4 bytes. A small letter is a sighting:
-- the channel and the mark of the upstream id. The others are counts: `e` of events, and a
-- channel's capital of the events that it has shown.
-- Sightings that are alike share a record a second. A channel shows each event once. So a sighting
-- takes an event that its channel has not shown yet, of its second or of one beside it, since
-- channels round. A sighting that finds no such event is a new one.
-- The record under the exact fingerprint is that of release 0.1.0, whose processes may run too.
-- Returns for each sighting the id of its new event, or '' where the event was known. Returns
-- nothing, and does nothing, where the connection is gone or its seal differs from `sealed`.
local ENTRY, MOST, DAY, NO_ID = 5, 64, 86400000, string.rep('\0', 4)
local CHANNELS, SHOWS, BESIDE = {'l', 'n', 'w', 'h'}, string.upper(channel), {0, -1, 1}
if sealed ~= '' and redis.call('HGET', connection, 'sealed') ~= sealed then return false end
local ids, records, days, fresh, begun = {}, {}, {}, 0, 0
-- History from before the connection is in the baseline of the counts already.
local counting = quiet == '0' and redis.call('EXISTS', counts) == 1

-- Extend a key's life, but not at every sighting: the disk would take a write for each repetition.
local function keep(key, left, wanted, slack)
  if redis.call(left, key) < wanted - slack then
    redis.call(left == 'TTL' and 'EXPIRE' or 'PEXPIRE', key, wanted)
  end
end

local function parse(record, text)
  for at = 1, #text, ENTRY do
    local entry = string.sub(text, at, at + ENTRY - 1)
    local letter = string.sub(entry, 1, 1)
    if letter == 'e' or letter < 'a' then
      record.counts[letter] = struct.unpack('>I4', entry, 2)
    else
      record.has[entry] = true
      table.insert(record.shown, entry)
      record.tally[letter] = (record.tally[letter] or 0) + 1
    end
  end
end

local function read(key, field)
  local name = key .. field
  if not records[name] then
    records[name] = {key = key, field = field, counts = {e = 0}, has = {}, shown = {}, tally = {}}
    parse(records[name], redis.call('HGET', key, field) or '')
    days[key] = true
  end
  return records[name]
end

local function write(record)
  local text = {}
  for letter, count in pairs(record.counts) do
    if count > 0 then table.insert(text, letter .. struct.pack('>I4', count)) end
  end
  redis.call('HSET', record.key, record.field, table.concat(text) .. table.concat(record.shown))
end

local function note(record, entry)
  record.changed = true
  if record.has[entry] then return end
  if #record.shown < MOST then return parse(record, entry) end
  record.has[entry] = true
  if record.spills then redis.call('HSET', record.key, record.field .. entry, '') end
end

local function holds(record, entry)
  if record.has[entry] == nil and #record.shown >= MOST then
    record.has[entry] = redis.call('HEXISTS', record.key, record.field .. entry) == 1
  end
  return record.has[entry]
end

local function most(record)
  local found = record.counts.e
  for _, count in pairs(record.tally) do found = math.max(found, count) end
  return found
end

local function exact(each, print) return read(seen_key(connection_id, each.day), print or each.packed) end

-- The record of these words in the sighting's second, or in one beside it. What it has no room for
-- are fields of their own: thousands of equal texts would have it read whole for each of them.
local function alike(each, shift)
  local second = each.second + shift
  local record = read(
    shown_key(connection_id, math.floor(second / 86400)), each.likeness .. second % 86400
  )
  record.spills = true
  return record
end

-- Take over what 0.1.0 alone has recorded, under the region of now or without one.
local function adopt(each)
  local here, adopted = alike(each, 0), false
  for _, print in ipairs({each.packed, each.before}) do
    local old = exact(each, print)
    if old.counts.e == 0 and most(old) > 0 then
      old.counts.e, here.counts.e = most(old), here.counts.e + most(old)
      old.changed, adopted = true, true
      for letter, count in pairs(old.tally) do
        local shows = string.upper(letter)
        here.counts[shows] = (here.counts[shows] or 0) + count
      end
      for _, entry in ipairs(old.shown) do note(here, entry) end
    end
  end
  return adopted
end

-- Whether the channel showed this before. Without an id only the time tells.
local function repeats(each)
  for _, shift in ipairs(BESIDE) do
    local tells = shift == 0 or each.mark ~= NO_ID
    if tells and holds(alike(each, shift), channel .. each.mark) then return true end
  end
  return false
end

local function shares(record, mark)
  for _, letter in ipairs(CHANNELS) do
    if mark ~= NO_ID and record.has[letter .. mark] then return true end
  end
  return false
end

-- A record with an event that this channel has not shown, and whether that is the sighting's event
-- by its id in another channel.
local function place_of(each)
  local found
  for _, shift in ipairs(BESIDE) do
    local record = alike(each, shift)
    if record.counts.e > (record.counts[SHOWS] or 0) then
      if shares(record, each.mark) then return record, true end
      found = found or record
    end
  end
  return found, false
end

local function show(each, place)
  place.counts[SHOWS] = (place.counts[SHOWS] or 0) + 1
  place.changed = true
  note(alike(each, 0), channel .. each.mark)
  local own = exact(each)
  note(own, channel .. each.mark)
  own.counts.e = most(own)
end

local function add(inbox, json)
  if quiet ~= '0' then redis.call('XADD', inbox, '*', 'e', json, 'q', quiet)
  else redis.call('XADD', inbox, '*', 'e', json) end
end

local function begin(each, id)
  local known = redis.call('SADD', numbers, each.packed_conversation) == 0
  if each.before_conversation ~= each.packed_conversation then
    known = redis.call('SADD', numbers, each.before_conversation) == 0 or known
  end
  if known then return end
  add(conversations, '{"id":"' .. each.conversation .. '","message_id":"' .. id .. '",' .. each.body)
  begun = begun + 1
end

local function arise(each)
  local own, here = exact(each), alike(each, 0)
  local number = most(own) + 1
  local id = each.id .. (number > 1 and ('_' .. number) or '')
  add(messages, '{"id":"' .. id .. '",' .. each.body)
  begin(each, id)
  if counting then redis.pcall('HINCRBY', counts, each.counted, 1) end
  own.counts.e, here.counts.e = number, here.counts.e + 1
  show(each, here)
  fresh = fresh + 1
  return id
end

-- First what surely is known. Which of two that are alike is new, ids and facts tell, and not the
-- order in which this channel shows them.
for i, each in ipairs(sightings) do
  if repeats(each) or (adopt(each) and repeats(each)) then
    ids[i] = ''
  else
    local own, place, certain = exact(each), place_of(each)
    if place and (certain or most(own) > (own.tally[channel] or 0)) then
      show(each, place)
      ids[i] = ''
    end
  end
end

for i, each in ipairs(sightings) do
  if not ids[i] then
    local place = place_of(each)
    if repeats(each) then
      ids[i] = ''
    elseif place then
      show(each, place)
      ids[i] = ''
    else
      ids[i] = arise(each)
    end
  end
end

for _, record in pairs(records) do
  if record.changed then write(record) end
end
for key in pairs(days) do
  keep(key, 'PTTL', seen_ttl, DAY)
end
if fresh > 0 then keep(numbers, 'TTL', numbers_ttl, DAY / 1000) end
if fresh > 0 and quiet == '0' and redis.call('HLEN', hooks) > 0 then
  redis.call('SADD', fanout_owed, messages_member)
  if begun > 0 then redis.call('SADD', fanout_owed, conversations_member) end
  if redis.call('LLEN', wake) < 8 then redis.call('RPUSH', wake, '1') end
end
return ids
