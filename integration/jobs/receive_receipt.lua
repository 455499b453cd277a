-- Take one delivery receipt: apply it to its job, or park it until the send is recorded.
-- KEYS: begin of the names of references, parked, then the four of tell().
-- ARGV: status word, receipt as JSON, now, key prefix of jobs, TTL (s), the provider's number,
--       then the last two of tell().
-- Returns 'parked', 'applied', 'noted' or 'repeated', and the job's id.
local id = job_of(KEYS[1], ARGV[6])
if not id or redis.call('EXISTS', ARGV[4] .. id) == 0 then
  local line = ARGV[1] .. ' ' .. ARGV[2]
  for _, each in ipairs(redis.call('LRANGE', KEYS[2], 0, -1)) do
    if each == line then return {'repeated', ''} end
  end
  if redis.call('LLEN', KEYS[2]) < 20 then redis.call('RPUSH', KEYS[2], line) end
  redis.call('EXPIRE', KEYS[2], ARGV[5])
  return {'parked', ''}
end
local told = {KEYS[3], KEYS[4], KEYS[5], KEYS[6], ARGV[7], ARGV[8]}
return {apply_receipt(ARGV[4] .. id, ARGV[1], ARGV[2], ARGV[3], told), id}
