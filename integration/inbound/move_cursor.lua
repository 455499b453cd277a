-- Move a consumer to its next batch, unless another poll moved it first.
-- `batch_before` is the batch that the caller read. Returns 1 when the cursor moved, also when this
-- very call had moved it already, else 0.
local stored = redis.call('HGET', consumer, 'batch') or ''
if stored == batch then return 1 end
if stored ~= batch_before then return 0 end
redis.call('HSET', consumer, 'batch', batch, 'from', start, 'to', stop, 'holds', holds)
redis.call('EXPIRE', consumer, CONSUMER_SECONDS)
return 1
