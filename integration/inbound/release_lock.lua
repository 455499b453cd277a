-- Release a lock, if `token` still holds it: a lock that expired may belong to another process.
if redis.call('GET', lock) == token then return redis.call('DEL', lock) end
return 0
