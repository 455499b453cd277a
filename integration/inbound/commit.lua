-- Commit a batch of sightings: the new events, and that their fan-out is owed, in one step.
-- After a crash before it nothing has happened; after a crash behind it a drain finds the inbox in
-- the owed set. A second run is harmless: it finds known ids.
-- The first message of a number is a new conversation as well: an event in an inbox of its own.
-- The record of a fingerprint is one short text. It holds, for each sighting, the letter of the
-- channel and the mark. A channel's count is how often its letter occurs; the known number is the
-- highest count.
-- Returns for each sighting the id of its new event, or '' where the event was known. Returns
-- nothing, and does nothing, where the connection is gone or its seal differs from `sealed`.
local SIGHTING, DAY = 5, 86400000
if sealed ~= '' and redis.call('HGET', connection, 'sealed') ~= sealed then return false end
local ids, fresh, begun = {}, 0, 0

-- Extend a key's life, but not at every sighting: the disk would take a write for each repetition.
local function keep(key, left, wanted, slack)
  if redis.call(left, key) < wanted - slack then
    redis.call(left == 'TTL' and 'EXPIRE' or 'PEXPIRE', key, wanted)
  end
end

local function number_of(seen, print, mark)
  local known, most, counts = redis.call('HGET', seen, print) or '', 0, {[channel] = 0}
  for at = 1, #known, SIGHTING do
    local by = string.sub(known, at, at)
    if string.sub(known, at, at + SIGHTING - 1) == channel .. mark then
      keep(seen, 'PTTL', seen_ttl, DAY)
      return nil
    end
    counts[by] = (counts[by] or 0) + 1
    most = math.max(most, counts[by])
  end
  redis.call('HSET', seen, print, known .. channel .. mark)
  keep(seen, 'PTTL', seen_ttl, DAY)
  local count = counts[channel] + 1
  return count > most and count or nil
end

local function add(inbox, json)
  if quiet == '1' then redis.call('XADD', inbox, '*', 'e', json, 'q', '1')
  else redis.call('XADD', inbox, '*', 'e', json) end
end

local function begin(each, id)
  if redis.call('SADD', numbers, each.packed_conversation) == 0 then return end
  add(conversations, '{"id":"' .. each.conversation .. '","message_id":"' .. id .. '",' .. each.body)
  begun = begun + 1
end

for i, each in ipairs(sightings) do
  local number = number_of(seen_key(connection_id, each.day), each.packed, each.mark)
  ids[i] = ''
  if number then
    local id = each.id .. (number > 1 and ('_' .. number) or '')
    add(messages, '{"id":"' .. id .. '",' .. each.body)
    begin(each, id)
    fresh = fresh + 1
    ids[i] = id
  end
end

if fresh > 0 then keep(numbers, 'TTL', numbers_ttl, DAY / 1000) end
if fresh > 0 and quiet == '0' and redis.call('HLEN', hooks) > 0 then
  redis.call('SADD', fanout_owed, messages_member)
  if begun > 0 then redis.call('SADD', fanout_owed, conversations_member) end
  if redis.call('LLEN', wake) < 8 then redis.call('RPUSH', wake, '1') end
end
return ids
