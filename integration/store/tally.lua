-- tally(): count what happened in an hour (UTC), such as 2026-11-29T14, for the overview.
local function tally(workspace, hour, what, by)
  local day = day_key(workspace, string.sub(hour, 1, 10))
  local count = redis.pcall('HINCRBY', day, string.sub(hour, 12) .. ' ' .. what, by)
  -- The first of its kind in this hour: at all others the key's life need not be extended.
  if count == by then redis.pcall('EXPIRE', day, DAYS_SECONDS) end
end
