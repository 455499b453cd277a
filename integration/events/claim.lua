-- Claim deliveries that are due, a few from each hook and host, so that none starves another.
-- KEYS: hooks due, leased, broken records. ARGV: now, lease until, most in all, most in flight for one hook,
-- token, key prefixes of hooks, deliveries and hosts, most in flight for one host.
-- Returns for each: id, hook id, hook revision, tries so far, workspace, event as stored or ''.
local now, until_, room = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3])
local cap, token, hook_prefix, delivery_prefix = tonumber(ARGV[4]), ARGV[5], ARGV[6], ARGV[7]
local host_prefix, host_cap = ARGV[8], tonumber(ARGV[9])
local LOOK_AGAIN = 100
local claimed = {}

local function payload(key, inbox, position)
  local body = redis.call('HGET', key, 'body')
  if body then return body end
  -- A place that says nonsense holds no event, as one that was trimmed away.
  local rows = redis.pcall('XRANGE', inbox or '', position or '', position or '')
  return rows[1] and rows[1][2][2] or ''
end

-- How many more may go to a host, and until when none may: a host that did not answer several
-- times in a row gets one delivery at a time, and none while its breaker is open.
local function room_at(host)
  local facts = redis.call('HMGET', host, 'open_until', 'fails')
  local open = tonumber(facts[1] or 0)
  if open > now then return 0, open end
  local most = facts[1] and 1 or host_cap
  return most - redis.call('ZCARD', host .. ':busy'), now + LOOK_AGAIN
end

local function take(hook, revision, host, id)
  local key = delivery_prefix .. id
  local facts = redis.call('HMGET', key, 'tries', 'workspace', 'inbox', 'position')
  if not facts[2] then return end
  if not string.match(facts[1] or '', '^%d+$') then
    facts[1] = '0'
    redis.call('HSET', key, 'tries', 0)
  end
  redis.call('HSET', key, 'status', 'sending', 'token', token, 'host', host)
  redis.call('ZADD', KEYS[2], until_, id)
  redis.call('ZADD', hook_prefix .. hook .. ':busy', until_, id)
  redis.call('ZADD', host .. ':busy', until_, id)
  redis.call('EXPIRE', host .. ':busy', 600)
  claimed[#claimed + 1] = {id, hook, revision, facts[1], facts[2], payload(key, facts[3], facts[4])}
  room = room - 1
end

local function serve(hook)
  local key = hook_prefix .. hook
  local facts = redis.call('HMGET', key, 'status', 'revision', 'host')
  local due, busy = key .. ':due', key .. ':busy'
  if facts[1] ~= 'active' then
    redis.call('ZREM', KEYS[1], hook)
    if facts[1] then return end
    -- Ours are removed with what they are owed; this one was deleted by somebody else.
    redis.call('DEL', due)
    return redis.call('ZADD', KEYS[3], 'NX', now, key)
  end
  local host = host_prefix .. (facts[3] or '')
  local at_host, again = room_at(host)
  local free = math.min(cap - redis.call('ZCARD', busy), room, at_host)
  if free > 0 then
    for _, id in ipairs(redis.call('ZRANGEBYSCORE', due, '-inf', now, 'LIMIT', 0, free)) do
      redis.call('ZREM', due, id)
      guarded(KEYS[3], now, delivery_prefix .. id, take, hook, facts[2], host, id)
    end
  end
  -- A hook at its cap is looked at again when one of its deliveries ends.
  local next_ = redis.call('ZRANGE', due, 0, 0, 'WITHSCORES')
  if next_[1] and redis.call('ZCARD', busy) < cap then
    local at = tonumber(next_[2])
    if at_host <= free then at = math.max(at, again) end
    redis.call('ZADD', KEYS[1], at, hook)
  else
    redis.call('ZREM', KEYS[1], hook)
  end
end

local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, 256)
-- A full store refuses a script at its first write or never. This one adds nothing and is refused:
-- what would be claimed and sent could not be recorded, and would be sent over and over.
if due[1] then redis.call('ZADD', KEYS[2], 'XX', until_, '') end
for _, hook in ipairs(due) do
  if room <= 0 then break end
  if not guarded(KEYS[3], now, hook_prefix .. hook, serve, hook) then
    redis.call('ZREM', KEYS[1], hook)
  end
end
return claimed
