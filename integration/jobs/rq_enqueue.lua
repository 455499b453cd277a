-- wake(): enqueue RQ's job of this id, as rq 3.0.0 writes one itself (tests/jobs/test_queue.py).
-- how = {queue, begin of the names of RQ's records, call, origin, now as RQ writes times, timeout,
-- how long RQ keeps a finished one and a failed one (s)}
-- What an earlier run left goes first: its time to live, and whatever somebody put in its place.
local function wake(how, id, push)
  local record = how[2] .. id
  redis.call('DEL', record)
  redis.call('HSET', record, 'data', how[3], 'origin', how[4], 'created_at', how[5],
    'enqueued_at', how[5], 'timeout', how[6], 'result_ttl', how[7], 'failure_ttl', how[8],
    'status', 'queued')
  redis.call(push, how[1], id)
end
