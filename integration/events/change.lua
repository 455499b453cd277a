-- Change a hook and its place in the index in one step: a hook that is removed at the same moment
-- must not come back as half a record, nor two hooks have one subscription.
-- KEYS: hooks of the workspace (hash: subscription digest -> id), hook, revision of the workspace's hooks.
-- ARGV: digest before, digest after, hook id, status, new revision, then field and value pairs.
-- Returns 'changed', 'gone', or 'taken' when another hook has that subscription.
if redis.call('EXISTS', KEYS[2]) == 0 then return 'gone' end
local owner = redis.call('HGET', KEYS[1], ARGV[2])
if owner and owner ~= ARGV[3] then return 'taken' end
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
redis.call('HSET', KEYS[2], unpack(ARGV, 6))
if ARGV[4] == 'active' then redis.call('HDEL', KEYS[2], 'failing_since') end
redis.call('SET', KEYS[3], ARGV[5])
return 'changed'
