-- count(): add to how many deliveries are under way for hooks and hosts, by their names.
-- The numbers follow from the leased deliveries, which change in the same step; none stays at 0.
local function count(busy, changes)
  local names, full, none = {}, {}, {}
  for name in pairs(changes) do names[#names + 1] = name end
  if not names[1] then return end
  for n, before in ipairs(redis.call('HMGET', busy, unpack(names))) do
    local now = (tonumber(before) or 0) + changes[names[n]]
    if now > 0 then
      full[#full + 1] = names[n]
      full[#full + 1] = now
    else
      none[#none + 1] = names[n]
    end
  end
  if full[1] then redis.call('HSET', busy, unpack(full)) end
  if none[1] then redis.call('HDEL', busy, unpack(none)) end
end
