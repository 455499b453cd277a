-- owe(): put a delivery among what is owed to a hook.
-- `keys` holds the names of the delivery, the hook's due and log sets and the workspace's owed
-- set; a delivery that is under way is left alone, so that nothing is sent beside itself, and a
-- hook that was removed meanwhile is owed nothing: nobody would ever take it out again.
local function owe(hooks_due, now, ttl, kept, delivery)
  local state = redis.call('HGET', delivery.key, 'status')
  if state == 'queued' or state == 'sending' then return 0 end
  if redis.call('EXISTS', string.sub(delivery.due, 1, -5)) == 0 then return 0 end
  redis.call('HSET', delivery.key, 'id', delivery.id, 'hook', delivery.hook,
    'workspace', delivery.workspace, 'inbox', delivery.inbox, 'position', delivery.position,
    'event', delivery.event, 'status', 'queued', 'tries', 0, 'created_ms', delivery.wall,
    'due_ms', now)
  redis.call('EXPIRE', delivery.key, ttl)
  redis.call('ZADD', delivery.due, now, delivery.id)
  redis.call('ZADD', hooks_due, 'LT', now, delivery.hook)
  redis.call('ZADD', delivery.owed, string.match(delivery.position, '^%d+') or now, delivery.id)
  redis.call('ZADD', delivery.log, now, delivery.id)
  redis.call('ZREMRANGEBYRANK', delivery.log, 0, -1 - kept)
  redis.call('EXPIRE', delivery.log, ttl)
  return 1
end

local function owe_all(first, hooks_due, now, ttl, kept, shared)
  local made = 0
  for i = first, #ARGV, 7 do
    local ok, count = guarded(shared.broken, now, ARGV[i + 1], owe, hooks_due, now, ttl, kept, {
      id = ARGV[i], key = ARGV[i + 1], hook = ARGV[i + 2], due = ARGV[i + 3], log = ARGV[i + 4],
      position = ARGV[i + 5], event = ARGV[i + 6],
      workspace = shared.workspace, wall = shared.wall, inbox = shared.inbox, owed = shared.owed,
    })
    made = made + (ok and count or 0)
  end
  if made > 0 and redis.call('LLEN', shared.wake) < 8 then redis.call('RPUSH', shared.wake, '1') end
  return made
end
