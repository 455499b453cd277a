-- Wake jobs and watch them anew in the same step: should a wake-up be lost, the next one follows.
-- KEYS: jobs due, RQ's queue. ARGV: when to wonder again (ms), the last seven of wake(), how many
-- of the ids that follow go to the front of the queue, ids.
local how = {KEYS[2], unpack(ARGV, 2, 8)}
for at = 10, #ARGV do
  redis.call('ZADD', KEYS[1], ARGV[1], ARGV[at])
  wake(how, ARGV[at], at < 10 + ARGV[9] and 'LPUSH' or 'RPUSH')
end
return #ARGV - 9
