-- Lease deliveries to a drain. The leased hash alone says that a delivery is in flight, and `busy`
-- how many are, by hook and host. The delivery's own record stays as it is, so that an attempt whose
-- drain died leaves no trace in it.
-- Reads the names leased, token, now, per_hook and per_host.
local LOOK_AGAIN = 100

-- `room` is how many deliveries the drain may take.
local function new_leases(room)
  return {room = room, fields = {}, counts = {}, hosts = {}}
end

-- How many more deliveries may go to a host, and when to look again. A host that left several
-- attempts in a row without an answer gets no delivery while its breaker is open, then one at a time.
local function read_host(name, in_flight)
  local facts = redis.call('HMGET', name, 'open_until', 'fails')
  local open_until = tonumber(facts[1] or 0)
  if open_until > now then return {room = 0, again = open_until} end
  return {room = (facts[1] and 1 or per_host) - in_flight, again = now + LOOK_AGAIN}
end

-- A hook that a drain may take deliveries of; `facts` are its status, revision and host, the
-- numbers are those of `busy`.
local function open_hook(leases, name, facts, hook_in_flight, host_in_flight)
  local host = host_key(facts[3] or '')
  leases.hosts[host] = leases.hosts[host] or read_host(host, tonumber(host_in_flight or 0))
  return {name = name, revision = facts[2] or '', host = host, room = per_hook - tonumber(hook_in_flight or 0)}
end

local function room_for(leases, hook)
  return math.min(hook.room, leases.room, leases.hosts[hook.host].room)
end

local function take_lease(leases, hook, id)
  leases.fields[#leases.fields + 1] = id
  leases.fields[#leases.fields + 1] = token .. ' ' .. hook.name .. ' ' .. hook.host
  leases.counts[hook.name] = (leases.counts[hook.name] or 0) + 1
  leases.counts[hook.host] = (leases.counts[hook.host] or 0) + 1
  local host = leases.hosts[hook.host]
  hook.room, leases.room, host.room = hook.room - 1, leases.room - 1, host.room - 1
end

local function write_leases(leases)
  if leases.fields[1] then redis.call('HSET', leased, unpack(leases.fields)) end
  count_busy(leases.counts)
end
