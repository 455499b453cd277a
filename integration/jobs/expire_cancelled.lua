-- Let each of these jobs expire that is cancelled and has no TTL. In one step: a retry between a
-- look and the EXPIRE would make a live job expire. Returns how many got a TTL.
local count = 0
for _, id in ipairs(ids) do
  local job = job_key(id)
  if redis.call('HGET', job, 'status') == 'cancelled' and redis.call('TTL', job) == -1 then
    count = count + redis.call('EXPIRE', job, ttl)
  end
end
return count
