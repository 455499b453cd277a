-- What jobs wait for in the queues of their connection. Of each: the rules of its connection, the rule
-- that its queue waits for, when the queue goes on, how many go before it. Where its phone or sender is
-- full (full.lua), the rule is which of the two, and the time since when follows. {} for all others.
local function full_place(lane, id, facts)
  local queue, kind = full_of(lane, facts)
  local since = queue and redis.call('HGET', lane_full_key(lane, queue), 'since')
  if not since then return nil end
  local place = lane_queue_key(lane, queue)
  local ahead = redis.call('ZRANK', place, id) or redis.call('ZCARD', place)
  local at = redis.call('ZSCORE', lane_paced_key(lane), queue)
  return {'', kind, at, ahead, since}
end

local function explained(lane, id)
  if redis.call('EXISTS', lane_paced_key(lane)) == 0 then return {} end
  local job = redis.pcall('HMGET', job_key(id), 'facts', 'due_ms')
  -- One whose time is yet to come waits for that.
  if (tonumber(job[2]) or 0) > now then return {} end
  local facts = facts_of(text(job[1]))
  local full = full_place(lane, id, facts)
  if full then return full end
  local pacing = pacing_of(lane)
  local counts = pacing and counted_of(pacing, lane, facts)
  if not counts then return {} end
  for _, scope in ipairs({counts.scope, counts.scope .. '.new'}) do
    local ahead = redis.pcall('ZRANK', lane_queue_key(lane, scope), id)
    local at = tonumber(ahead) and redis.call('ZSCORE', lane_paced_key(lane), scope)
    if at and tonumber(at) > now then
      local why = redis.call('HGET', pace_key(lane, scope), 'why') or ''
      return {redis.call('HGET', connection_key(lane), 'pacing'), why, at, ahead}
    end
  end
  return {}
end

local found = {}
for place, each in ipairs(jobs) do found[place] = explained(each.lane, each.id) end
return found
