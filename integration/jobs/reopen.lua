-- Queue a job again on request, or cancel it before it starts.
-- KEYS: job, jobs due, RQ's queue, then the four of tell(). ARGV: id, now as people read it, status
-- wished ('queued', 'scheduled' or 'cancelled'), attempt as JSON, statuses that allow it (separated
-- by commas and between commas), due (ms), now, the last two of tell(), the last seven of wake().
-- Returns the status found.
local id, wished = ARGV[1], ARGV[3]
local status = redis.call('HGET', KEYS[1], 'status')
if not status or not string.find(ARGV[5], ',' .. status .. ',', 1, true) then return status or '' end
local before = redis.call('HGET', KEYS[1], 'attempts')
local attempts = before and before ~= '' and (before .. ',' .. ARGV[4]) or ARGV[4]
redis.call('HSET', KEYS[1], 'status', wished, 'updated_ms', ARGV[2], 'attempts', attempts)
redis.call('HDEL', KEYS[1], 'token', 'error')
if wished == 'cancelled' then
  redis.call('ZREM', KEYS[2], id)
  local told = {KEYS[4], KEYS[5], KEYS[6], KEYS[7], ARGV[8], ARGV[9]}
  tell(KEYS[1], told, 'cancelled', 'Cancelled on request.')
  return status
end
redis.call('HSET', KEYS[1], 'due_ms', ARGV[6], 'first_ms', ARGV[7], 'claims', 0)
redis.call('PERSIST', KEYS[1])
redis.call('ZADD', KEYS[2], ARGV[6], id)
if wished == 'queued' then wake({KEYS[3], unpack(ARGV, 10)}, id, 'RPUSH') end
return status
