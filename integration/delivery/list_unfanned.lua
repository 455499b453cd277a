-- See what is owed to fan-out, outside of a drain's round.
-- KEYS: fan-out owed, broken records. ARGV: now (ms), key prefix of workspaces, most inboxes, most entries of each.
-- Returns what look() does.
return look({owed = KEYS[1], broken = KEYS[2], now = tonumber(ARGV[1]), workspaces = ARGV[2]}, tonumber(ARGV[3]), tonumber(ARGV[4]))
