-- What jobs of paced connections wait for. Of each: the rules of its connection, the rule that its
-- queue waits for, when the queue goes on, how many go before it. {} for one that waits for none.
local function explained(lane, id)
  local pacing = pacing_of(lane)
  local facts = pacing and redis.pcall('HGET', job_key(id), 'facts')
  local counts = facts and counted_of(pacing, lane, facts_of(text(facts)))
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
