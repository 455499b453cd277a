-- Note what a look at a provider showed: each fact that changed, and the event that tells so.
-- Two looks may overlap: a fact that is not as this one found it was noted by the other.
-- KEYS: known facts (hash), inbox, owed set, wake list, hooks of the workspace.
-- ARGV: member of the owed set, TTL of the facts (s), then for each fact: its name, its value as
--       found before ('' for none), its value now ('' for none), the event as JSON or ''.
-- Returns how many events were made.
local made = 0
for i = 3, #ARGV, 4 do
  local name, before, now, event = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
  if (redis.call('HGET', KEYS[1], name) or '') == before then
    if now == '' then redis.call('HDEL', KEYS[1], name) else redis.call('HSET', KEYS[1], name, now) end
    if event ~= '' then redis.call('XADD', KEYS[2], '*', 'e', event); made = made + 1 end
  end
end
redis.call('EXPIRE', KEYS[1], ARGV[2])
if made > 0 and redis.call('HLEN', KEYS[5]) > 0 then
  redis.call('SADD', KEYS[3], ARGV[1])
  if redis.call('LLEN', KEYS[4]) < 8 then redis.call('RPUSH', KEYS[4], '1') end
end
return made
