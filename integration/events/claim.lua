-- Claim deliveries that are due, a few from each hook, so that no hook starves another.
-- KEYS: hooks due, leased. ARGV: now, lease until, most in all, most in flight for one hook,
-- token, key prefix of hooks, key prefix of deliveries.
-- Returns for each: id, hook id, hook revision, tries so far, workspace, event as stored or ''.
local now, until_, room = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3])
local cap, token, hook_prefix, delivery_prefix = tonumber(ARGV[4]), ARGV[5], ARGV[6], ARGV[7]
local claimed = {}

local function payload(key, inbox, position)
  local body = redis.call('HGET', key, 'body')
  if body then return body end
  local row = redis.call('XRANGE', inbox, position, position)[1]
  return row and row[2][2] or ''
end

local function take(hook, revision, busy, id)
  local key = delivery_prefix .. id
  local facts = redis.call('HMGET', key, 'tries', 'workspace', 'inbox', 'position')
  if not facts[2] then return end
  redis.call('HSET', key, 'status', 'sending', 'token', token)
  redis.call('ZADD', KEYS[2], until_, id)
  redis.call('ZADD', busy, until_, id)
  claimed[#claimed + 1] = {id, hook, revision, facts[1], facts[2], payload(key, facts[3], facts[4])}
  room = room - 1
end

for _, hook in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, 256)) do
  if room <= 0 then break end
  local key = hook_prefix .. hook
  local facts = redis.call('HMGET', key, 'status', 'revision')
  if facts[1] ~= 'active' then
    redis.call('ZREM', KEYS[1], hook)
  else
    local due, busy = key .. ':due', key .. ':busy'
    local free = math.min(cap - redis.call('ZCARD', busy), room)
    if free > 0 then
      for _, id in ipairs(redis.call('ZRANGEBYSCORE', due, '-inf', now, 'LIMIT', 0, free)) do
        redis.call('ZREM', due, id)
        take(hook, facts[2], busy, id)
      end
    end
    -- A hook at its cap is looked at again when one of its deliveries ends.
    local next_ = redis.call('ZRANGE', due, 0, 0, 'WITHSCORES')
    if next_[1] and redis.call('ZCARD', busy) < cap then
      redis.call('ZADD', KEYS[1], next_[2], hook)
    else
      redis.call('ZREM', KEYS[1], hook)
    end
  end
end
return claimed
