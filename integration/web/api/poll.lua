-- Admit a poll, record that somebody reads such events, and say whether the providers were asked
-- after `asked_since` (ms). `reader` is the key of that record, '' for events that have none.
-- `connection` is '' where the poll asks for every connection; `providers` are those that can be
-- asked for such events.
-- Returns what admitted() says, and 1 where all were asked since then, else 0.
local HOUR = 3600
local open, admission = admitted()
if not open then return admission end
local able, fresh = {}, 1
for _, each in ipairs(providers) do able[each] = true end

local function look(id)
  -- A record of the wrong kind is not for here: the sync, which reads all of them, notes it.
  local provider = redis.pcall('HGET', connection_key(id), 'provider')
  if type(provider) == 'table' then fresh = 0 end
  if not able[provider] then return end
  local tried = redis.call('HGET', sync_state_key(id), 'tried_ms')
  if tonumber(tried or 0) <= asked_since then fresh = 0 end
end

if #providers > 0 then
  for _, id in ipairs(redis.call('ZRANGE', connections, 0, -1)) do
    if connection == '' or connection == id then look(id) end
  end
end
-- At every poll, but written to the disk once an hour.
if reader ~= '' and redis.call('TTL', reader) < READER_SECONDS - HOUR then
  redis.call('SET', reader, 1, 'EX', READER_SECONDS)
end
admission[4] = fresh
return admission
