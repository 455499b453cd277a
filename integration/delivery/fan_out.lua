-- Move fan-out from one position of an inbox to a later one and owe what lies between, in one
-- step: two processes at the same stretch cannot both do it, and a crash has done none of it.
-- A drain takes what it has room for at once, without a claim; at the first event of which some had to wait the stretch
-- ends, since what follows would only wait beside it.
-- KEYS: position, inbox, revision of the workspace's hooks, fan-out owed set, hooks due, owed of the workspace, wake,
-- broken records, leased deliveries, how many are under way by hook and host, drains.
-- ARGV: position expected, last position, revision expected, member, token of the drain, how many it may take, most
-- under way for one hook and one host, now (ms), now as people read it, TTL (s), log length, workspace, key prefixes of
-- hosts, hooks and deliveries, then the events as a JSON list: position, event id, then id and hook id of each delivery.
-- Returns how many are owed, or -1 when another process was faster, or a hook was made or removed meanwhile: it must not
-- miss an event that came after it. Then how many of them wait for a hook that is active, how many events were gone through, and for each delivery that
-- was taken its place in the list and the revision of its hook.
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] or (redis.call('GET', KEYS[3]) or '') ~= ARGV[3] then
  return {-1, 0, 0, {}}
end
local own = {
  due = KEYS[5], owed = KEYS[6], broken = KEYS[8], inbox = KEYS[2], leased = KEYS[9], busy = KEYS[10],
  token = ARGV[5], now = tonumber(ARGV[9]), wall = ARGV[10], ttl = ARGV[11], kept = ARGV[12], workspace = ARGV[13],
  hosts = ARGV[14], hooks = ARGV[15], deliveries = ARGV[16], more = {},
}
-- A drain whose lease is over, or was never there, would hold what nobody gives back.
local room = redis.call('ZSCORE', KEYS[11], ARGV[5]) and tonumber(ARGV[6]) or 0
if room > 0 then own.round = holding(room, tonumber(ARGV[7]), tonumber(ARGV[8])) end

local made, waiting, place, full, hooks, taken = 0, 0, 0, false, {}, {}
local function place_one(hook, id)
  made = made + 1
  if hook.open and free(own.round, hook.open) > 0 then
    hold(own, own.round, hook.open, id)
    taken[#taken + 1] = place
    taken[#taken + 1] = hook.open.revision
    return
  end
  queue(own, hook, id)
  -- What waits for a hook that is paused waits for a person.
  if hook.active then waiting = waiting + 1 end
  full = full or hook.open ~= nil
end

local events = cjson.decode(ARGV[17])
if own.round then open_all(own, hooks, events) end
local reached, done = ARGV[2], 0
for _, event in ipairs(events) do
  if full then break end
  reached, done = event[1], done + 1
  for n = 3, #event, 2 do
    place = place + 1
    local hook = owe(own, hooks, event[n], event[n + 1], event[1], event[2])
    if hook then place_one(hook, event[n]) end
  end
end
if own.round then write_held(own, own.round) end
write_hooks(own, hooks)
redis.call('SET', KEYS[1], full and reached or ARGV[2])
if not full and not redis.call('XRANGE', KEYS[2], '(' .. ARGV[2], '+', 'COUNT', 1)[1] then
  redis.call('SREM', KEYS[4], ARGV[4])
end
write_owed(own)
-- What this drain has no room for is for others as well.
if made > 0 and (own.round and own.round.room or 0) <= 0 and redis.call('LLEN', KEYS[7]) < 8 then
  redis.call('RPUSH', KEYS[7], '1')
end
return {made, waiting, done, taken}
