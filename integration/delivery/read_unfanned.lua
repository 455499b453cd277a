-- look(): which inboxes hold events that were not fanned out yet, and the first of these.
-- `most` is how many inboxes, `entries` how many events of each.
-- Gives back for each: its member of the owed set, the position of its fan-out or '', the revision of the workspace's
-- hooks or '', and the entries as XRANGE has them. What cannot be read is passed over until its next event.
local function look_at(own, member, entries)
  local workspace, kind = string.match(member, '^(.*) (%S+)$')
  if not workspace then error('no inbox is named so') end
  local base = own.workspaces .. workspace .. '}:'
  local position = redis.call('GET', base .. 'fanout:' .. kind)
  local rows = redis.call('XRANGE', base .. 'inbox:' .. kind, '(' .. (position or '0-0'), '+', 'COUNT', entries)
  return {member, position or '', redis.call('GET', base .. 'hooks:revision') or '', rows}
end

local function look(own, most, entries)
  local found = {}
  if most <= 0 then return found end
  -- At random, so that a busy workspace does not come before all others.
  for _, member in ipairs(redis.call('SRANDMEMBER', own.owed, most)) do
    local ok, seen = guarded(own.broken, own.now, own.owed .. ' ' .. member, look_at, own, member, entries)
    if ok then found[#found + 1] = seen else redis.call('SREM', own.owed, member) end
  end
  return found
end
