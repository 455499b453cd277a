-- Put texts among the conversations of a workspace, and note up to where they are there. Not where
-- another process has put some there since, or somebody was erased: then `was_in` and `was_out` are
-- not what is noted any more. Returns 1, or 0 where nothing was done.
local read = conversations_read_key(workspace)
local noted = redis.call('HMGET', read, 'in', 'out')
if (noted[1] or '') ~= was_in or (noted[2] or '') ~= was_out then return 0 end
local touched = {}
for _, each in ipairs(texts) do
  local name = conversation_key(workspace, each.digest)
  redis.call('ZADD', name, each.ms, each.member)
  touched[name] = true
end
for name in pairs(touched) do
  redis.call('ZREMRANGEBYRANK', name, 0, -kept - 1)
  redis.call('EXPIRE', name, RETENTION_MOST_SECONDS)
end
redis.call('HSET', read, 'in', now_in, 'out', now_out)
redis.call('EXPIRE', read, RETENTION_MOST_SECONDS)
return 1
