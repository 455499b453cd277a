-- When the account's next file is due. In one step with the look: a message that comes in between
-- owes its files at once.
local first = redis.call('ZRANGE', media_waiting_key(connection), 0, 0, 'WITHSCORES')
if first[1] then
  redis.call('ZADD', media_due, math.max(tonumber(first[2]), after), connection)
else
  redis.call('ZREM', media_due, connection)
end
return 1
