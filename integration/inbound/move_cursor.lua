-- Move a consumer to its next batch, unless another poll moved it meanwhile.
-- KEYS: consumer. ARGV: batch id that the caller saw, new batch id, from, to, holds, TTL (s).
-- Returns 1 when moved (also when this very call had moved it already), else 0.
local batch = redis.call('HGET', KEYS[1], 'batch') or ''
if batch == ARGV[2] then return 1 end
if batch ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'batch', ARGV[2], 'from', ARGV[3], 'to', ARGV[4], 'holds', ARGV[5])
redis.call('EXPIRE', KEYS[1], ARGV[6])
return 1
