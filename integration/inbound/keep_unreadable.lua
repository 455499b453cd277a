-- Count the rows of a provider that could not be read, keep them for inspection, and note the last
-- one on its connection. A row that a channel shows again is kept once, unless `always`.
-- After a crash before it the provider shows the row again; after one behind it the row is known.
-- Returns how many were kept.
local fresh = 0
for _, each in ipairs(rows) do
  local new = redis.call('ZADD', known, now, each.name) == 1
  if new or always == 1 then
    fresh = fresh + 1
    if each.entry ~= '' then redis.call('LPUSH', kept, each.entry) end
  end
end
redis.call('ZREMRANGEBYRANK', known, 0, -UNREAD_KNOWN - 1)
redis.call('EXPIRE', known, INSPECTED_SECONDS)
if fresh == 0 then return 0 end
redis.call('LTRIM', kept, 0, UNREADABLE_KEPT - 1)
redis.call('EXPIRE', kept, INSPECTED_SECONDS)
if redis.call('EXISTS', connection) == 1 then
  redis.pcall('HINCRBY', connection, 'unreadable', fresh)
  redis.call('HSET', connection, 'last_unreadable', fact)
end
return fresh
