-- One round of a drain: record what ended, claim what is due, and see what is owed to fan-out, in one step.
-- A drain that dies holds its lease no longer, and what it holds is given back; a round whose answer was lost is made
-- good by the next roll call (release_dead_drains.lua).
-- KEYS: hooks due, leased deliveries (hash: id -> "drain hook host"), how many are under way by hook and host (hash),
-- drains by the end of their lease, fan-out owed, broken records.
-- ARGV: now (ms), lease until, token of the drain, key prefixes of hooks, deliveries, hosts and workspaces, most to
-- claim, most under way for one hook and one host, most inboxes to look at, most entries of each, TTL of a settled
-- delivery and of another (s), after how long a failing hook is paused (ms), what ended as a JSON list (see finish.lua).
-- Returns the claimed and their events (see claim.lua), when the next hook is due or '', and what is owed (see read_unfanned.lua).
local own = {
  due = KEYS[1], leased = KEYS[2], busy = KEYS[3], drains = KEYS[4], owed = KEYS[5], broken = KEYS[6],
  now = tonumber(ARGV[1]), token = ARGV[3],
  settled_ttl = ARGV[13], ttl = ARGV[14], patience = tonumber(ARGV[15]),
  hooks = ARGV[4], deliveries = ARGV[5], hosts = ARGV[6], workspaces = ARGV[7],
}
-- Read before the lease goes on: a drain whose word cannot be read must not hold for ever what it has.
local ended = cjson.decode(ARGV[16])
-- A full store refuses a script at its first write or never, and this is the first: what would be claimed and sent
-- could not be recorded, and would be sent over and over.
redis.call('ZADD', own.drains, ARGV[2], own.token)
finish(own, ended)
local round = claim(own, tonumber(ARGV[8]), tonumber(ARGV[9]), tonumber(ARGV[10]))
local next_ = redis.call('ZRANGE', own.due, 0, 0, 'WITHSCORES')
return {round.rows, round.events.all, next_[2] or '', look(own, tonumber(ARGV[11]), tonumber(ARGV[12]))}
