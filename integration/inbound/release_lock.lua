-- End a flight, but only our own: a flight that outlived its lock belongs to another by now.
-- KEYS: flight. ARGV: token.
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
