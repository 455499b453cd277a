-- read_unfanned(): the inboxes with events that were not fanned out yet, and the first of these.
-- `most` is how many inboxes, `entries` how many events of each.
-- Returns for each inbox its member of the owed set, the position of its fan-out, the hooks'
-- revision, and the entries as of XRANGE. Position and revision are '' before the first.
-- An inbox that cannot be read leaves the owed set until its next event.
-- Reads the names fanout_owed, broken and now.
local function read_inbox(member, entries)
  local workspace, kind = string.match(member, '^(.*) (%S+)$')
  if not workspace then error('this is no name of an inbox') end
  local position = redis.call('GET', fanout_position_key(workspace, kind))
  local rows = redis.call('XRANGE', inbox_key(workspace, kind), '(' .. (position or '0-0'), '+', 'COUNT', entries)
  return {member, position or '', redis.call('GET', hooks_revision_key(workspace)) or '', rows}
end

local function read_unfanned(most, entries)
  local found = {}
  if most <= 0 then return found end
  -- At random, so that a busy workspace does not come before all others.
  for _, member in ipairs(redis.call('SRANDMEMBER', fanout_owed, most)) do
    local ok, inbox = guarded(fanout_owed .. ' ' .. member, read_inbox, member, entries)
    if ok then found[#found + 1] = inbox else redis.call('SREM', fanout_owed, member) end
  end
  return found
end
