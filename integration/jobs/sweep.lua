-- Enqueue jobs and set when the sweeper looks at them next, in one step: a wake-up that RQ loses
-- is followed by another. The first `abandoned` of the ids go to the front of the queue.
for place, id in ipairs(ids) do
  redis.call('ZADD', jobs_due, look_again, id)
  enqueue(id, place <= abandoned and 'LPUSH' or 'RPUSH')
end
return #ids
