-- Mark a job that somebody waits for: only such a one signals its end.
-- KEYS: job. Returns its status, '' where there is none.
local status = redis.call('HGET', KEYS[1], 'status')
if status then redis.call('HSET', KEYS[1], 'awaited', 1) end
return status or ''
