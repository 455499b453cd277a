-- The jobs after one in the list of a workspace. In one step: each new job moves all places.
local jobs = jobs_key(workspace)
local count = head == '' and redis.call('LLEN', jobs) or redis.call('LPOS', jobs, head)
if not count then return false end
if count == 0 then return {} end
return redis.call('LRANGE', jobs, math.max(0, count - most), count - 1)
