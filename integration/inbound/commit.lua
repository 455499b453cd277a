-- Commit a batch of sightings: the new events, and that their fan-out is owed, in one step.
-- After a crash before it nothing has happened; after a crash behind it a drain finds the inbox in
-- the owed set. A second run is harmless: it finds known ids.
-- The first message of a number is a new conversation as well: an event in an inbox of its own.
-- A record is one short text of entries, each a letter and 4 bytes. A small letter is a sighting:
-- the channel and the mark of the upstream id. The others are counts: `e` of events, and a
-- channel's capital of the events that it has shown.
-- Sightings that are alike share a record a second. A channel shows each event once. So a sighting
-- takes an event that its channel has not shown yet, of its second or of one `apart` from it, since
-- channels round. A sighting that finds no such event is a new one.
-- The record under the exact fingerprint tells which number an id has. That of release 0.1.0, whose
-- processes may run too, is mostly the same one.
-- Returns for each sighting the id of its new event, or '' where the event was known. Returns
-- nothing, and does nothing, where the connection is gone or its seal differs from `sealed`.
local ENTRY, MOST, DAY, NO_ID = 5, 64, 86400000, string.rep('\0', 4)
local CHANNELS, COUNTS, SHOWS = {'l', 'n', 'w', 'h'}, {'e', 'L', 'N', 'W', 'H'}, string.upper(channel)
if sealed ~= '' and redis.call('HGET', connection_key(connection), 'sealed') ~= sealed then return false end
local ids, records, days, fresh, begun = {}, {}, {}, 0, 0
local counts, numbers = counts_key(connection), numbers_key(connection)
-- History from before the connection is in the baseline of the counts already.
local counting = quiet == '0' and redis.call('EXISTS', counts) == 1

-- Extend a key's life, but not at every sighting: the disk would take a write for each repetition.
local function keep(key, left, wanted, slack)
  if redis.call(left, key) < wanted - slack then
    redis.call(left == 'TTL' and 'EXPIRE' or 'PEXPIRE', key, wanted)
  end
end

local function add(kind, json)
  redis.call('XADD', inbox_key(workspace, kind), '*', 'e', json, unpack(quiet ~= '0' and {'q', quiet} or {}))
end

local function begin(each, id)
  local one, two = each.packed_conversation, each.before_conversation
  if redis.call('SADD', numbers, one, two, each.counted) < (two == one and 2 or 3) then return end
  for old in string.gmatch(each.counted_before, '%S+') do if redis.call('SISMEMBER', numbers, old) == 1 then return end end
  add('conversation', '{"id":"' .. each.conversation .. '","message_id":"' .. id .. '",' .. each.body)
  begun = begun + 1
end

local function tell(each, number)
  local id = each.id .. (number > 1 and ('_' .. number) or '')
  add('message', '{"id":"' .. id .. '",' .. each.body)
  begin(each, id)
  if each.media ~= '' then owe_media(each.media, id) end
  if counting then redis.pcall('HINCRBY', counts, each.counted, 1) end
  fresh = fresh + 1
  return id
end

-- Store a text alone in its call that no channel has shown before, as most are. It needs none of the
-- tables below, which take as long as all that it needs. Returns nil where that is not so plain.
local function tell_plain(each)
  local second, seen = tonumber(each.second), seen_key(connection, each.day)
  local at, shown = second % 86400, shown_key(connection, math.floor(second / 86400))
  if at == 0 or at == 86399 then return nil end -- a second beside it is of another day, and key
  local here, other = each.likeness .. at, each.other
  local near = redis.call('HMGET', shown, here, each.likeness .. at - 1, each.likeness .. at + 1,
    other .. at, other .. at - 1, other .. at + 1)
  local exact = redis.call('HMGET', seen, each.packed, each.released, each.before)
  for i = 1, 6 do if near[i] or exact[i] then return nil end end
  local one, entry = struct.pack('>I4', 1), channel .. each.mark
  local id, record = tell(each, 1), 'e' .. one .. entry
  redis.call('HSET', shown, here, 'e' .. one .. SHOWS .. one .. entry, each.row .. at, '')
  redis.call('HSET', seen, each.packed, record, each.released, record)
  keep(shown, 'PTTL', seen_ttl, DAY)
  keep(seen, 'PTTL', seen_ttl, DAY)
  return id
end

local function close()
  if fresh == 0 then return end
  keep(numbers, 'TTL', NUMBERS_SECONDS, DAY / 1000)
  if quiet == '0' then tally(workspace, hour, 'in', fresh) end
  if quiet ~= '0' or redis.call('HLEN', hooks_key(workspace)) == 0 then return end
  redis.call('SADD', fanout_owed, workspace .. ' message', workspace .. (begun > 0 and ' conversation' or ' message'))
  if redis.call('LLEN', wake) < 8 then redis.call('RPUSH', wake, '1') end
end

local plain = #sightings == 1 and tell_plain(sightings[1])
if plain then
  close()
  return {plain}
end

local function put(record, entry)
  local letter = string.sub(entry, 1, 1)
  record[entry], record[letter] = true, (record[letter] or 0) + 1
  record.text, record.size = record.text .. entry, record.size + 1
end

-- A record as a table: each count and each sighting is a field of it.
local function read(key, field)
  local known = records[key] or {}
  records[key] = known
  if known[field] then return known[field] end
  local record, text = {field = field, e = 0, text = '', size = 0}, redis.call('HGET', key, field)
  known[field] = record
  for at = 1, text and #text or 0, ENTRY do
    local entry, letter = string.sub(text, at, at + ENTRY - 1), string.sub(text, at, at)
    if letter == 'e' or letter < 'a' then record[letter] = struct.unpack('>I4', entry, 2)
    else put(record, entry) end
  end
  return record
end

local function write(key, record)
  local text = ''
  for _, letter in ipairs(COUNTS) do
    local count = record[letter] or 0
    if count > 0 then text = text .. letter .. struct.pack('>I4', count) end
  end
  redis.call('HSET', key, record.field, text .. record.text)
end

-- What a record of likes has no room for are fields of their own. A record of thousands of equal
-- texts would be read whole at each call.
local function note(record, entry)
  record.changed = true
  if record[entry] then return end
  if record.size < MOST then return put(record, entry) end
  record[entry] = true
  if record.spills then redis.call('HSET', record.spills, record.field .. entry, '') end
end

local function holds(record, entry)
  if record[entry] == nil and record.size >= MOST then
    record[entry] = redis.call('HEXISTS', record.spills, record.field .. entry) == 1
  end
  return record[entry]
end

local function most(record)
  return math.max(record.e, record.l or 0, record.n or 0, record.w or 0, record.h or 0)
end

local function alike(each, second)
  local day = math.floor(second / 86400)
  days[day] = days[day] or shown_key(connection, day)
  local record = read(days[day], each.likeness .. second % 86400)
  record.spills, record.at = days[day], second % 86400
  return record
end

-- Take over what 0.1.0 alone has recorded, under the region of now or without one.
local function adopt(each)
  local here = each.near[1]
  for _, old in ipairs({each.own, each.old, read(seen_key(connection, each.day), each.before)}) do
    if old.e == 0 and most(old) > 0 then
      old.e, here.e = most(old), here.e + most(old)
      old.changed = true
      for _, letter in ipairs(CHANNELS) do
        local shows = string.upper(letter)
        here[shows] = (here[shows] or 0) + (old[letter] or 0)
      end
      for at = 1, #old.text, ENTRY do note(here, string.sub(old.text, at, at + ENTRY - 1)) end
    end
  end
end

-- Whether the channel showed this before. Without an id only the time tells.
local function repeats(each)
  local near, entry = each.near, each.entry
  return holds(near[1], entry) or (each.mark ~= NO_ID and (holds(near[2], entry) or holds(near[3], entry)))
end

-- Whether it was shown under its id with a number where it has a contact's name, or the reverse.
local function renamed(each)
  for _, here in ipairs(each.near) do
    if redis.call('HEXISTS', here.spills, each.other .. here.at) == 1 then return true end
  end
end

local function shares(record, mark)
  for _, letter in ipairs(CHANNELS) do
    if mark ~= NO_ID and record[letter .. mark] then return true end
  end
end

-- A record with an event that this channel has not shown, and whether that is the sighting's event
-- by its id in another channel.
local function place_of(each)
  local found
  for _, record in ipairs(each.near) do
    if record.e > (record[SHOWS] or 0) then
      if shares(record, each.mark) then return record, true end
      found = found or record
    end
  end
  return found, false
end

local function show(each, place)
  place[SHOWS] = (place[SHOWS] or 0) + 1
  place.changed = true
  note(each.near[1], each.entry)
  redis.call('HSET', each.near[1].spills, each.row .. each.near[1].at, '')
  for _, record in ipairs({each.own, each.old}) do
    note(record, each.entry)
    record.e = most(record)
  end
end

local function arise(each)
  local own, here = each.own, each.near[1]
  local number = most(own) + 1
  local id = tell(each, number)
  own.e, here.e = number, here.e + 1
  show(each, here)
  return id
end

for _, each in ipairs(sightings) do
  local second = tonumber(each.second)
  each.near = {alike(each, second), alike(each, second - each.apart), alike(each, second + each.apart)}
  local seen = seen_key(connection, each.day)
  each.own, each.old = read(seen, each.packed), read(seen, each.released)
  each.entry = channel .. each.mark
  if not repeats(each) then adopt(each) end
end

-- First what its id shows, then its exact facts, then the rest. That tells which of those alike is
-- new, and not the order in which they come. Two people whose numbers end alike keep their own texts.
for _, facts in ipairs({'id', 'own', 'any'}) do
  for i, each in ipairs(sightings) do
    if not ids[i] then
      local place, certain = place_of(each)
      -- A list that gave its rows other ids. They are not noted, which would count each twice.
      local renumbered = not place and tonumber(each.among) <= (each.near[1][channel] or 0)
      if renumbered or repeats(each) then
        ids[i] = ''
      elseif not place then
        ids[i] = renamed(each) and '' or arise(each)
      elseif certain or facts == 'any' or (facts == 'own' and most(each.own) > (each.own[channel] or 0)) then
        show(each, place)
        ids[i] = ''
      end
    end
  end
end

for key, known in pairs(records) do
  for _, record in pairs(known) do
    if record.changed then write(key, record) end
  end
  keep(key, 'PTTL', seen_ttl, DAY)
end
close()
return ids
