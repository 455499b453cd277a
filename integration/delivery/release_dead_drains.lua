-- Give back the deliveries of drains whose lease is over.
-- With the token of a living drain, it gives back that drain's deliveries beside the `known` ones.
-- The reply that named those was lost.
-- Returns how many.
local is_known, gone, back, changes = {}, {}, {}, {}
for _, id in ipairs(known) do is_known[id] = true end

local function give_back(id, hook)
  if not redis.call('HGET', delivery_key(id), 'status') then return end
  if redis.call('EXISTS', hook_key(hook)) == 0 then
    -- The hook was removed, so no process would ever take the delivery out again.
    return redis.call('DEL', delivery_key(id))
  end
  redis.call('ZADD', hook_due_key(hook), now, id)
  redis.call('ZADD', hooks_due, 'LT', now, hook)
end

if token == '' then
  for _, dead in ipairs(redis.call('ZRANGEBYSCORE', drains, '-inf', now)) do
    gone[dead] = true
    redis.call('ZREM', drains, dead)
  end
  if not next(gone) and redis.call('EXISTS', drains) == 1 then return 0 end
end
local no_drain = redis.call('EXISTS', drains) == 0
local in_flight = redis.call('HGETALL', leased)
for i = 1, #in_flight, 2 do
  local id, holder, hook, place = in_flight[i], string.match(in_flight[i + 1], '^(%S+) (%S+) (%S+)$')
  if not holder or no_drain or gone[holder] or (holder == token and not is_known[id]) then
    back[#back + 1] = id
    redis.call('HDEL', leased, id)
    if holder then
      changes[hook], changes[place] = (changes[hook] or 0) - 1, (changes[place] or 0) - 1
      guarded(delivery_key(id), give_back, id, hook)
    end
  end
end
count_busy(changes)
-- With nothing in flight the numbers start again at 0, should they ever have been wrong.
if #in_flight == 2 * #back then redis.call('DEL', busy) end
if back[1] then redis.call('RPUSH', wake, '1') end
return #back
