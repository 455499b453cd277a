-- take_pace(): count a text that is about to be sent, in the step that claims it. What dies before
-- its call stays counted; nothing counts that the lane then keeps.
-- Returns '' for what has no budget and 'over' for a text that must wait, else the job's `paced`. That
-- is 'late' for a text whose time is over, and 'never' for one of more parts than the budget. They
-- end unsent, so nothing is counted. Or it is 'taken' and what end_pace() needs to take it back.
-- That is the scope, when it was counted, its parts, and when the text before it was. Then come
-- its recipient, and when that recipient was last counted.
local function count_person(pacing, pace, person)
  local longest = 0
  for _, each in ipairs(PEOPLE) do
    if pacing[each.rule] then longest = each.length end
  end
  if longest == 0 then return '- -' end
  local before = redis.call('ZSCORE', pace.people, person) or '-'
  redis.call('ZADD', pace.people, now, person)
  redis.call('ZREMRANGEBYSCORE', pace.people, '-inf', now - longest)
  redis.call('EXPIRE', pace.people, PACE_PEOPLE_SECONDS)
  return person .. ' ' .. before
end

local function take_pace(lane, facts, late)
  if late and late <= now then return 'late' end
  local pacing = pacing_of(lane)
  local counts = pacing and counted_of(pacing, lane, facts)
  if not counts then return '' end
  if never_fits(pacing, counts.parts) then return 'never' end
  local pace = pace_of(lane, counts.scope)
  if opens(pacing, pace, counts.parts) > now then return 'over' end
  if people_open(pacing, pace, counts.person, 0) > now then return 'over' end
  add_parts(pace, now, counts.parts)
  redis.call('HSET', pace.key, 'last', now)
  local person = count_person(pacing, pace, counts.person)
  return table.concat({'taken', counts.scope, now, counts.parts, pace.last or '-', person}, ' ')
end
