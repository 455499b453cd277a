-- Give each record `keep_ms` from when it ended, or was made: a job has the first, a delivery the second.
-- In one step with the look at its status, since a retry queues a job again.
-- What something else wrote under such a name stays.
local SLACK = 3600000
for _, name in ipairs(names) do
  local found = redis.pcall('HMGET', name, 'status', 'updated_ms', 'again', 'created_ms')
  local since = not found.err and tonumber(found[2] or found[3] or found[4] or '')
  if since and string.find(statuses, ',' .. (found[1] or '?') .. ',', 1, true) then
    local left = since + keep_ms - wall
    if math.abs(redis.call('PTTL', name) - left) > SLACK then
      redis.call('PEXPIRE', name, math.max(left, 1))
    end
  end
end
