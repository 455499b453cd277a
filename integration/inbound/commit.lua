-- Commit a batch of sightings: events that are new, and the fan-out they are owed, in one step.
-- A crash before it has done nothing, a crash after it has lost nothing: the sweeper finds the
-- workspace in the owed set. Running it twice is harmless, the second run sees known ids.
-- The first message of a number is a new conversation as well: an event in an inbox of its own.
-- What was seen of a fingerprint is one short text: for each sighting the letter of its channel
-- and its mark. A channel's count is how often its letter occurs, the number known is the highest.
-- KEYS: inbox, owed set, wake list, hooks of the workspace, inbox of conversations, numbers known
--       to the connection, the connection, then one seen-hash for each sighting.
-- ARGV: letter of the channel, '1' when quiet, member of the owed set, TTL of seen (ms), id prefix,
--       member of the owed set for conversations, TTL of the numbers (s), the seal of the
--       connection that the sightings were read under ('' for any), then for each sighting:
--       fingerprint, the same packed, mark, id of its conversation, the same packed, JSON without
--       its id.
-- Returns for each sighting the id of the new event, or '' for one that was known; nothing, and
-- does nothing, where the connection is gone or another.
local channel, quiet, member, ttl, prefix = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), ARGV[5]
local HEAD, EACH, SIGHTING, DAY = 8, 6, 5, 86400000
if ARGV[8] ~= '' and redis.call('HGET', KEYS[7], 'sealed') ~= ARGV[8] then return false end
local ids, fresh, begun = {}, 0, 0

-- Not at every sighting: what is told again and again would be written to the disk as often.
local function keep(key, left, wanted, slack)
  if redis.call(left, key) < wanted - slack then
    redis.call(left == 'TTL' and 'EXPIRE' or 'PEXPIRE', key, wanted)
  end
end

local function number_of(seen, print, mark)
  local told, most, counts = redis.call('HGET', seen, print) or '', 0, {[channel] = 0}
  for at = 1, #told, SIGHTING do
    local by = string.sub(told, at, at)
    if string.sub(told, at, at + SIGHTING - 1) == channel .. mark then
      keep(seen, 'PTTL', ttl, DAY)
      return nil
    end
    counts[by] = (counts[by] or 0) + 1
    most = math.max(most, counts[by])
  end
  redis.call('HSET', seen, print, told .. channel .. mark)
  keep(seen, 'PTTL', ttl, DAY)
  local count = counts[channel] + 1
  return count > most and count or nil
end

local function add(inbox, json)
  if quiet == '1' then redis.call('XADD', inbox, '*', 'e', json, 'q', '1')
  else redis.call('XADD', inbox, '*', 'e', json) end
end

local function begin(talk, packed, id, body)
  if redis.call('SADD', KEYS[6], packed) == 0 then return end
  add(KEYS[5], '{"id":"' .. talk .. '","message_id":"' .. id .. '",' .. body)
  begun = begun + 1
end

for i = 1, #KEYS - 7 do
  local base = HEAD + (i - 1) * EACH
  local number = number_of(KEYS[7 + i], ARGV[base + 2], ARGV[base + 3])
  ids[i] = ''
  if number then
    local id, body = prefix .. ARGV[base + 1] .. (number > 1 and ('_' .. number) or ''), ARGV[base + 6]
    add(KEYS[1], '{"id":"' .. id .. '",' .. body)
    begin(ARGV[base + 4], ARGV[base + 5], id, body)
    fresh = fresh + 1
    ids[i] = id
  end
end

if fresh > 0 then keep(KEYS[6], 'TTL', tonumber(ARGV[7]), DAY / 1000) end
if fresh > 0 and quiet == '0' and redis.call('HLEN', KEYS[4]) > 0 then
  redis.call('SADD', KEYS[2], member)
  if begun > 0 then redis.call('SADD', KEYS[2], ARGV[6]) end
  if redis.call('LLEN', KEYS[3]) < 8 then redis.call('RPUSH', KEYS[3], '1') end
end
return ids
