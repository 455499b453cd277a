-- fields_of(): fields of a hash. Where something else wrote the key, it is removed; no
-- field is returned then, and true.
-- HOLD is how long nothing is sent after a time in which nobody reached the store. So every living
-- process can prove first that the store was put back. GAP is the shortest such time.
local HOLD, GAP = 3000, 2000
-- gone_on(): the steady time after a time without a call. The store's clock may be set by an hour at
-- any moment. So between two calls it is believed for LONGEST only, and a lease and a delay lose no
-- more. A process that starts after nobody has called for GAP takes the store's time. Time went on
-- without us, and a scheduled text is due by it.
local LONGEST = 500

local function gone_on(before, shown, wall, starts)
  local gap = wall - shown
  local steady = before + math.min(math.max(gap, 0), LONGEST)
  return starts and gap > GAP and math.max(steady, wall) or steady
end

local function fields_of(key, ...)
  local found = redis.pcall('HMGET', key, ...)
  if not found.err then return found end
  redis.call('DEL', key)
  return {}, true
end
