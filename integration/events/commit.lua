-- Commit a batch of sightings: events that are new, and the fan-out they are owed, in one step.
-- A crash before it has done nothing, a crash after it has lost nothing: the sweeper finds the
-- workspace in the owed set. Running it twice is harmless, the second run sees known ids.
-- The first message of a number is a new conversation as well: an event in an inbox of its own.
-- KEYS: inbox, owed set, wake list, hooks of the workspace, inbox of conversations, numbers known
--       to the connection, then one seen-hash for each sighting.
-- ARGV: channel, '1' when quiet, member of the owed set, TTL of seen (ms), id prefix, member of the
--       owed set for conversations, TTL of the numbers (s),
--       then for each sighting: fingerprint, mark, id of its conversation, JSON without its id.
-- Returns for each sighting the id of the new event, or '' for one that was known.
local channel, quiet, member, ttl, prefix = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local ids, fresh, begun = {}, 0, 0

local function marks_of(text)
  local marks = {}
  for mark in string.gmatch(text or '', '[^,]+') do marks[#marks + 1] = mark end
  return marks
end

local function knows(marks, mark)
  for _, each in ipairs(marks) do if each == mark then return true end end
  return false
end

local function number_of(seen, print, mark)
  local known = tonumber(redis.call('HGET', seen, print) or 0)
  local field = print .. '/' .. channel
  local marks = marks_of(redis.call('HGET', seen, field))
  redis.call('PEXPIRE', seen, ttl)
  if knows(marks, mark) then return nil end
  marks[#marks + 1] = mark
  redis.call('HSET', seen, field, table.concat(marks, ','))
  if #marks <= known then return nil end
  redis.call('HSET', seen, print, #marks)
  redis.call('PEXPIRE', seen, ttl)
  return #marks
end

local function add(inbox, json)
  if quiet == '1' then redis.call('XADD', inbox, '*', 'e', json, 'q', '1')
  else redis.call('XADD', inbox, '*', 'e', json) end
end

local function begin(talk, id, body)
  if redis.call('SADD', KEYS[6], talk) == 0 then return end
  add(KEYS[5], '{"id":"' .. talk .. '","message_id":"' .. id .. '",' .. body)
  begun = begun + 1
end

for i = 1, #KEYS - 6 do
  local base = 7 + (i - 1) * 4
  local print, mark, talk, body = ARGV[base + 1], ARGV[base + 2], ARGV[base + 3], ARGV[base + 4]
  local number = number_of(KEYS[6 + i], print, mark)
  if number then
    local id = prefix .. print .. (number > 1 and ('_' .. number) or '')
    add(KEYS[1], '{"id":"' .. id .. '",' .. body)
    begin(talk, id, body)
    fresh = fresh + 1
    ids[i] = id
  else
    ids[i] = ''
  end
end

if fresh > 0 then redis.call('EXPIRE', KEYS[6], ARGV[7]) end
if fresh > 0 and quiet == '0' and redis.call('HLEN', KEYS[4]) > 0 then
  redis.call('SADD', KEYS[2], member)
  if begun > 0 then redis.call('SADD', KEYS[2], ARGV[6]) end
  if redis.call('LLEN', KEYS[3]) < 8 then redis.call('RPUSH', KEYS[3], '1') end
end
return ids
