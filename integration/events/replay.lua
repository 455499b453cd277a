-- Owe deliveries again, whatever became of them before.
-- KEYS: inbox, hooks due, owed of the workspace, wake, broken records.
-- ARGV: now (ms), now as people read it, TTL (s), log length, workspace, then seven values for each delivery.
-- Returns how many are owed now; those already under way are not counted.
return owe_all(6, KEYS[2], ARGV[1], ARGV[3], ARGV[4],
  {wall = ARGV[2], workspace = ARGV[5], inbox = KEYS[1], owed = KEYS[3], wake = KEYS[4], broken = KEYS[5]})
