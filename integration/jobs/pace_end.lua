-- end_pace(): what the end of an attempt makes of its count. A text that was certainly not sent is
-- taken back. One that was, or may have been, counts from now on, when its call is over. Counted
-- from their claims alone, slow calls could come closer together than the budget allows.
local function reopen_queues(lane, scope)
  for _, each in ipairs({scope, scope .. '.new'}) do
    redis.call('ZADD', lane_paced_key(lane), 'XX', now, each)
  end
end

local function end_pace(lane, id, looked_up, status)
  local found = text(redis.call('HGET', job_key(id), 'paced'))
  if found == '' then return end
  redis.call('HDEL', job_key(id), 'paced')
  local scope, at, parts, last, person, before =
    string.match(found, '^taken (%S+) (%d+) (%d+) (%S+) (%S+) (%S+)$')
  local unsent = status == 'queued' or (status == 'failed' and not looked_up)
  if not scope or (looked_up and not unsent) then return end
  at, parts = tonumber(at), tonumber(parts)
  local pace = pace_of(lane, scope)
  add_parts(pace, at, -parts)
  if not unsent then
    add_parts(pace, now, parts)
    redis.call('HSET', pace.key, 'last', now)
    return
  end
  -- They were closed for what counted then.
  reopen_queues(lane, scope)
  if pace.last == at then
    if last == '-' then redis.call('HDEL', pace.key, 'last') else redis.call('HSET', pace.key, 'last', last) end
  end
  if tonumber(redis.call('ZSCORE', pace.people, person) or 0) == at then
    if before == '-' then
      redis.call('ZREM', pace.people, person)
    else
      redis.call('ZADD', pace.people, before, person)
    end
  end
end
