-- count_busy(): add to the numbers of deliveries in flight, by hook and place (claim.lua).
-- The leased deliveries change in the same step, so that the numbers always follow from them. A
-- number that reaches 0 is removed.
-- Reads the name busy.
local function count_busy(changes)
  local names, positive, zero = {}, {}, {}
  for name in pairs(changes) do names[#names + 1] = name end
  if not names[1] then return end
  for n, before in ipairs(redis.call('HMGET', busy, unpack(names))) do
    local after = (tonumber(before) or 0) + changes[names[n]]
    if after > 0 then
      positive[#positive + 1] = names[n]
      positive[#positive + 1] = after
    else
      zero[#zero + 1] = names[n]
    end
  end
  if positive[1] then redis.call('HSET', busy, unpack(positive)) end
  if zero[1] then redis.call('HDEL', busy, unpack(zero)) end
end
