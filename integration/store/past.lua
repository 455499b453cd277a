-- fields_of(): fields of a hash. Where something else wrote the key, it is removed; no
-- field is returned then, and true.
-- HOLD is how long nothing is sent after a time in which nobody reached the store. So every living
-- process can prove first that the store was put back. GAP is the shortest such time.
local HOLD, GAP = 3000, 2000

local function fields_of(key, ...)
  local found = redis.pcall('HMGET', key, ...)
  if not found.err then return found end
  redis.call('DEL', key)
  return {}, true
end
