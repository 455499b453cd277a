-- Give deliveries back that nobody will bring to an end: those of drains whose lease has run out, or, as a roll call of
-- one living drain, those that it does not know of, since the answer that told it was lost.
-- KEYS: drains, leased, under way by hook and host, hooks due, wake, broken records.
-- ARGV: now, key prefixes of hooks and deliveries, TTL of a delivery (s), token of the drain that calls its roll or '', then the ids that it knows.
-- Returns how many.
local now, hooks, deliveries, ttl, caller = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local knows, gone, back, changes = {}, {}, {}, {}
for i = 6, #ARGV do knows[ARGV[i]] = true end

local function give_back(id, hook)
  if not redis.call('HGET', deliveries .. id, 'status') then return end
  if redis.call('EXISTS', hooks .. hook) == 0 then
    -- Given back to a hook that was removed, it would lie there for ever.
    return redis.call('DEL', deliveries .. id)
  end
  redis.call('EXPIRE', deliveries .. id, ttl)
  redis.call('ZADD', hooks .. hook .. ':due', now, id)
  redis.call('ZADD', KEYS[4], 'LT', now, hook)
end

if caller == '' then
  for _, token in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now)) do
    gone[token] = true
    redis.call('ZREM', KEYS[1], token)
  end
  if not next(gone) and redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
end
local nobody = redis.call('EXISTS', KEYS[1]) == 0
local leased = redis.call('HGETALL', KEYS[2])
for i = 1, #leased, 2 do
  local id, token, hook, host = leased[i], string.match(leased[i + 1], '^(%S+) (%S+) (%S+)$')
  if not token or nobody or gone[token] or (token == caller and not knows[id]) then
    back[#back + 1] = id
    redis.call('HDEL', KEYS[2], id)
    if not token then
      redis.call('EXPIRE', deliveries .. id, ttl)
    else
      changes[hook], changes[host] = (changes[hook] or 0) - 1, (changes[host] or 0) - 1
      guarded(KEYS[6], now, deliveries .. id, give_back, id, hook)
    end
  end
end
count(KEYS[3], changes)
-- Nothing under way: should the numbers ever have gone astray, they begin anew.
if #leased == 2 * #back then redis.call('DEL', KEYS[3]) end
if back[1] then redis.call('RPUSH', KEYS[5], '1') end
return #back
