-- Commit a batch of sightings: events that are new, and the fan-out they are owed, in one step.
-- A crash before it has done nothing, a crash after it has lost nothing: the sweeper finds the
-- workspace in the owed set. Running it twice is harmless, the second run sees known ids.
-- KEYS: inbox, owed set, wake list, hooks of the workspace, then one seen-hash for each sighting.
-- ARGV: channel, '1' when quiet, member of the owed set, TTL of seen (ms), id prefix,
--       then for each sighting: fingerprint, mark, JSON without its id.
-- Returns for each sighting the id of the new event, or '' for one that was known.
local channel, quiet, member, ttl, prefix = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local ids, fresh = {}, 0

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

for i = 1, #KEYS - 4 do
  local base = 5 + (i - 1) * 3
  local print, mark, body = ARGV[base + 1], ARGV[base + 2], ARGV[base + 3]
  local number = number_of(KEYS[4 + i], print, mark)
  if number then
    local id = prefix .. print .. (number > 1 and ('_' .. number) or '')
    local json = '{"id":"' .. id .. '",' .. body
    if quiet == '1' then redis.call('XADD', KEYS[1], '*', 'e', json, 'q', '1')
    else redis.call('XADD', KEYS[1], '*', 'e', json); fresh = fresh + 1 end
    ids[i] = id
  else
    ids[i] = ''
  end
end

if fresh > 0 and redis.call('HLEN', KEYS[4]) > 0 then
  redis.call('SADD', KEYS[2], member)
  if redis.call('LLEN', KEYS[3]) < 8 then redis.call('RPUSH', KEYS[3], '1') end
end
return ids
