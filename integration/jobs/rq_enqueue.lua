-- enqueue(): write RQ's job of this id as rq 3.0.0 writes one itself (tests/jobs/test_queue.py).
-- The names that begin with rq_ come from rq_queue.names().
local function enqueue(id)
  local record = rq_job_key(id)
  -- An earlier run's record may have a time to live, or be of another type.
  redis.call('DEL', record)
  redis.call('HSET', record, 'data', rq_call, 'origin', rq_origin, 'created_at', rq_now,
    'enqueued_at', rq_now, 'timeout', RQ_TIMEOUT_SECONDS, 'result_ttl', RQ_KEPT_SECONDS,
    'failure_ttl', RQ_FAILED_SECONDS, 'status', 'queued')
  redis.call('RPUSH', rq_waiting_key(rq_origin), id)
end
