-- note_hanging(): give back the prompt places of posts that hang, so that others get these.
-- place_name() and hanging_name() name what `busy` counts them under.
-- Reads the names leased and token.
local function place_name(workspace, host)
  return 'at:' .. string.gsub(workspace or '', '%s', '') .. ':' .. string.gsub(host or '', '%s', '')
end

local function hanging_name(workspace)
  return 'hung:' .. string.gsub(workspace or '', '%s', '')
end

local function note_hanging(ids)
  local changes = {}
  for n, lease in ipairs(ids[1] and redis.call('HMGET', leased, unpack(ids)) or {}) do
    local holder, hook, place, workspace = string.match(lease or '', '^(%S+) (%S+) (at:(%S*):%S*)$')
    if holder == token then
      local hanging = hanging_name(workspace)
      redis.call('HSET', leased, ids[n], holder .. ' ' .. hook .. ' ' .. hanging)
      changes[place], changes[hanging] = (changes[place] or 0) - 1, (changes[hanging] or 0) + 1
    end
  end
  count_busy(changes)
end
