-- Record what a look at a provider showed: each fact that changed, with its event.
-- Two looks may overlap: a fact that differs from `before` was recorded by the other look.
-- `before` and `now` are '' for a fact that is not there, `event` is '' where there is no event.
-- Returns the number of events.
local made = 0
for _, fact in ipairs(facts) do
  if (redis.call('HGET', watched, fact.name) or '') == fact.before then
    if fact.now == '' then redis.call('HDEL', watched, fact.name) else redis.call('HSET', watched, fact.name, fact.now) end
    if fact.event ~= '' then redis.call('XADD', inbox, '*', 'e', fact.event); made = made + 1 end
  end
end
redis.call('EXPIRE', watched, WATCHED_SECONDS)
if made > 0 and redis.call('HLEN', hooks) > 0 then
  redis.call('SADD', fanout_owed, member)
  if redis.call('LLEN', wake) < 8 then redis.call('RPUSH', wake, '1') end
end
return made
