-- Store another record of a key, unless it was revoked or changed meanwhile: a revoked key must not
-- come back. Returns 1 where it was stored.
if redis.call('HGET', api_keys, digest) ~= before then return 0 end
redis.call('HSET', api_keys, digest, after)
return 1
