-- hold: that a delivery is under way is said by the leased ones alone, and how many are by `busy`, for each hook and
-- host; nothing is written to the delivery, so an attempt that came to nothing leaves no trace in it.
local LOOK_AGAIN = 100

-- `room` is how many the drain may take, `cap` and `host_cap` how many may be under way for one hook and one host.
local function holding(room, cap, host_cap)
  return {room = room, cap = cap, host_cap = host_cap, held = {}, counts = {}, hosts = {}}
end

-- How many more may go to a host, and until when none may: a host that did not answer several
-- times in a row gets one delivery at a time, and none while its breaker is open.
local function read_host(own, name, most, busy)
  local facts = redis.call('HMGET', name, 'open_until', 'fails')
  local open = tonumber(facts[1] or 0)
  if open > own.now then return {room = 0, again = open} end
  return {room = (facts[1] and 1 or most) - busy, again = own.now + LOOK_AGAIN}
end

-- A hook as seen by who would take of its deliveries: `room` is how many more may go to it.
local function opened(own, round, name, facts, busy_hook, busy_host)
  local host = own.hosts .. (facts[3] or '')
  round.hosts[host] = round.hosts[host] or read_host(own, host, round.host_cap, tonumber(busy_host or 0))
  return {name = name, revision = facts[2] or '', host = host, room = round.cap - tonumber(busy_hook or 0)}
end

local function free(round, hook)
  return math.min(hook.room, round.room, round.hosts[hook.host].room)
end

local function hold(own, round, hook, id)
  round.held[#round.held + 1] = id
  round.held[#round.held + 1] = own.token .. ' ' .. hook.name .. ' ' .. hook.host
  round.counts[hook.name] = (round.counts[hook.name] or 0) + 1
  round.counts[hook.host] = (round.counts[hook.host] or 0) + 1
  local host = round.hosts[hook.host]
  hook.room, round.room, host.room = hook.room - 1, round.room - 1, host.room - 1
end

local function write_held(own, round)
  if round.held[1] then redis.call('HSET', own.leased, unpack(round.held)) end
  count(own.busy, round.counts)
end
