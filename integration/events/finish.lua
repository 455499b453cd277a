-- Record how a group of attempts ended.
-- KEYS: hooks due, leased, broken records. ARGV: now, token, TTL of a settled delivery (s), pause after (ms),
-- key prefixes of hooks and deliveries, then for each: id, hook id, owed key, status, due (ms),
-- attempt as JSON, HTTP status (0 for no answer, -1 when nothing was tried).
-- An attempt whose lease was lost is not recorded: its delivery is another process's by now.
-- Returns the ids of hooks that were paused.
local now, token, ttl, patience = tonumber(ARGV[1]), ARGV[2], ARGV[3], tonumber(ARGV[4])
local hook_prefix, delivery_prefix = ARGV[5], ARGV[6]
local paused = {}
local MOST_MISSING, MOST_UNANSWERED, BREAK = 20, 5, 30000

-- A host that did not answer several times in a row is left alone for a while.
local function note_host(host, code)
  if code > 0 then
    redis.call('DEL', host)
  elseif code == 0 and redis.call('HINCRBY', host, 'fails', 1) >= MOST_UNANSWERED then
    redis.call('HSET', host, 'open_until', now + BREAK)
  end
  redis.call('EXPIRE', host, 3600)
end

local function pause(key, hook, why)
  if redis.call('HGET', key, 'status') ~= 'active' then return end
  redis.call('HSET', key, 'status', 'paused', 'status_detail', why)
  paused[#paused + 1] = hook
end

local function note_health(key, hook, ok, code)
  if redis.call('EXISTS', key) == 0 or code < 0 then return end
  if ok then
    redis.call('HDEL', key, 'failing_since', 'missing')
    return
  end
  if code ~= 404 then
    redis.call('HDEL', key, 'missing')
  elseif redis.call('HINCRBY', key, 'missing', 1) >= MOST_MISSING then
    pause(key, hook, 'The target answered 404 many times in a row; it seems to be gone.'
      .. ' Mend the target, then set status to active.')
  end
  redis.call('HSETNX', key, 'failing_since', now)
  local since = tonumber(redis.call('HGET', key, 'failing_since'))
  if now - since >= patience then
    pause(key, hook, 'Every delivery of the last five days failed.'
      .. ' Mend the target, then set status to active.')
  end
end

local function record(i)
  local id, hook, owed, status, due, attempt =
    ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], ARGV[i + 4], ARGV[i + 5]
  local code = tonumber(ARGV[i + 6])
  local key, hook_key = delivery_prefix .. id, hook_prefix .. hook
  if redis.call('HGET', key, 'token') ~= token then return end
  local before = redis.call('HMGET', key, 'attempts', 'host', 'tries')
  redis.call('HSET', key, 'status', status, 'tries', (tonumber(before[3]) or 0) + 1,
    'attempts', before[1] and (before[1] .. ',' .. attempt) or attempt)
  redis.call('HDEL', key, 'token')
  redis.call('ZREM', KEYS[2], id)
  redis.call('ZREM', hook_key .. ':busy', id)
  redis.call('ZREM', before[2] .. ':busy', id)
  note_host(before[2], code)
  if redis.call('EXISTS', hook_key) == 0 then
    -- The hook was removed meanwhile; so is what it was owed.
    redis.call('DEL', key)
    redis.call('ZREM', owed, id)
  elseif status == 'queued' then
    redis.call('ZADD', hook_key .. ':due', due, id)
    redis.call('HSET', key, 'due_ms', due)
  else
    redis.call('ZREM', owed, id)
    redis.call('EXPIRE', key, ttl)
  end
  note_health(hook_key, hook, status == 'delivered', code)
  local next_ = redis.call('ZRANGE', hook_key .. ':due', 0, 0, 'WITHSCORES')
  if next_[1] then redis.call('ZADD', KEYS[1], 'LT', next_[2], hook) end
end

for i = 7, #ARGV, 7 do
  if not guarded(KEYS[3], now, delivery_prefix .. ARGV[i], record, i) then
    redis.call('ZREM', KEYS[2], ARGV[i])
    redis.call('ZREM', ARGV[i + 2], ARGV[i])
  end
end
return paused
