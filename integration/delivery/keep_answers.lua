-- keep_answers(): keep what a hook's target answered, equal answers once, and only the newest ones.
-- Reads the names now and keep_seconds.
local function keep_answers(hook)
  local seconds = math.min(keep_seconds, ANSWERS_SECONDS)
  local names, bodies = hook_answers_key(hook.name), hook_bodies_key(hook.name)
  for name, answer in pairs(hook.answers) do
    redis.call('HSETNX', bodies, name, answer)
    redis.call('ZADD', names, now, name)
  end
  local old = redis.call('ZRANGEBYSCORE', names, '-inf', now - seconds * 1000)
  for _, name in ipairs(redis.call('ZRANGE', names, 0, -1 - ANSWERS_KEPT)) do old[#old + 1] = name end
  if old[1] then
    redis.call('ZREM', names, unpack(old))
    redis.call('HDEL', bodies, unpack(old))
  end
  redis.call('EXPIRE', names, seconds)
  redis.call('EXPIRE', bodies, seconds)
end
