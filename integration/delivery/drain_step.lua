-- One step of a drain: record what ended, claim what is due, and read what is not fanned out yet.
-- `report` is JSON: `ended` and `hour` for record_ended.lua, `hanging` for note_hanging.lua.
-- A drain that dies loses its lease, and its deliveries are given back. Where the reply of a step
-- was lost, the drain's next RELEASE gives back what it claimed (release_dead_drains.lua).
-- Returns the claimed rows and their events (claim.lua), when the next hook is due or '', and the
-- inboxes of read_unfanned.lua.

-- Decoded before the lease is renewed: a drain whose report cannot be read must not keep its leases.
local reported = cjson.decode(report)
-- A full store refuses a script at its first write or never, and this is the first. A later refusal
-- would come after a claim: its attempt could not be recorded, and would be repeated without end.
redis.call('ZADD', drains, lease_until, token)
record_ended(reported.ended, reported.hour)
note_hanging(reported.hanging)
claim()
local next_ = redis.call('ZRANGE', hooks_due, 0, 0, 'WITHSCORES')
-- Other drains take what this one has no room for.
if room <= 0 and next_[2] and tonumber(next_[2]) <= now and redis.call('LLEN', wake) < 8 then
  redis.call('RPUSH', wake, '1')
end
return {rows, payloads, next_[2] or '', read_unfanned(inboxes, entries)}
