-- Enqueue one RQ job. KEYS: RQ's queue. ARGV: the last seven of wake(), id.
wake({KEYS[1], unpack(ARGV, 1, 7)}, ARGV[8], 'RPUSH')
return 1
