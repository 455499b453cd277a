-- Let a poll in, note that somebody reads, and tell whether the providers were asked of late.
-- KEYS: as admit.lua says; connections of the workspace, the reader's mark.
-- ARGV: as admit.lua says; TTL of the mark (s), the time (ms) after which they must have been asked,
--       prefix of connections, prefix of sync states, the connection asked for or '', then the
--       providers that can be asked for such events.
-- Returns what admission tells, and 1 where all were asked of late, else 0.
local HOUR = 3600
local open, told = admitted()
if not open then return told end
local able, fresh, read = {}, 1, false
for i = 10, #ARGV do able[ARGV[i]] = true end

local function look(id)
  -- A record of the wrong kind is not for here: who reads all of them notes it.
  local provider = redis.pcall('HGET', ARGV[7] .. id, 'provider')
  if type(provider) == 'table' then fresh = 0 end
  if not able[provider] then return end
  read = true
  local tried = redis.call('HGET', ARGV[8] .. id, 'tried_ms')
  if tonumber(tried or 0) <= tonumber(ARGV[6]) then fresh = 0 end
end

if #ARGV > 9 then
  for _, id in ipairs(redis.call('ZRANGE', KEYS[3], 0, -1)) do
    if ARGV[9] == '' or ARGV[9] == id then look(id) end
  end
end
-- At every poll, but written to the disk once an hour.
if read and redis.call('TTL', KEYS[4]) < ARGV[5] - HOUR then
  redis.call('SET', KEYS[4], 1, 'EX', ARGV[5])
end
told[4] = fresh
return told
