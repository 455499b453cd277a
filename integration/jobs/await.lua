-- Mark a job that a caller waits for: only a marked job signals its end.
-- Returns its status, '' where there is no such job.
local status = redis.call('HGET', job, 'status')
if status then redis.call('HSET', job, 'awaited', 1) end
return status or ''
