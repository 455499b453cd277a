-- Make a hook, or find the one that exists for the same subscription.
-- KEYS: hooks of the workspace (hash: subscription digest -> id), hook, inbox, fan-out position, revision of the
-- workspace's hooks.
-- ARGV: digest, hook id, key prefix of hooks, most hooks, then field and value pairs.
-- Returns {id, 1 when made}, {'', 0} when the workspace has its most. The first hook starts fan-out at the present end of the inbox.
-- An index entry may have outlived its hook (a change and a removal at once); it counts as none,
-- or that subscription could never be made again.
local existing = redis.call('HGET', KEYS[1], ARGV[1])
if existing and redis.call('EXISTS', ARGV[3] .. existing) == 1 then return {existing, existing == ARGV[2] and 1 or 0} end
if redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[4]) then return {'', 0} end
local last = redis.call('XREVRANGE', KEYS[3], '+', '-', 'COUNT', 1)[1]
local since = last and last[1] or '0-0'
if redis.call('HLEN', KEYS[1]) == 0 or redis.call('EXISTS', KEYS[4]) == 0 then
  redis.call('SET', KEYS[4], since)
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('HSET', KEYS[2], 'since', since, unpack(ARGV, 5))
redis.call('SET', KEYS[5], ARGV[2])
return {ARGV[2], 1}
