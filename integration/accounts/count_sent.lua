-- Account for a text that we sent, once there is a baseline. The next comparison replaces a
-- damaged count.
if redis.call('EXISTS', counts) == 1 then redis.pcall('HINCRBY', counts, name, 1) end
