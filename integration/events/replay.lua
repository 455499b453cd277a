-- Owe deliveries again, whatever became of them before.
-- KEYS: inbox, hooks due, owed of the workspace, wake.
-- ARGV: now (ms), TTL (s), log length, workspace, then seven values for each delivery.
-- Returns how many are owed now; those already under way are not counted.
return owe_all(5, KEYS[2], ARGV[1], ARGV[2], ARGV[3],
  {workspace = ARGV[4], inbox = KEYS[1], owed = KEYS[3], wake = KEYS[4]})
