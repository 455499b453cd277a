-- job_of(), record_provider_id(): which job of ours has this id at the provider, and our name of the
-- send that got it. That is the job's id, with more behind it after a retry by hand. The longer name is a
-- field of its own, for a release before takes what it finds for the job's id. The ids of a month are one
-- hash, which expires a month after its end: a key for each id would cost twice as much.
-- The server's clock tells the month, so that two processes never read different ones. The month
-- to come is read as well, for that clock may be set back.
local MONTH, SEND = 2592000, ' send'

local function references_of(connection, months_ago)
  local month = math.floor(redis.call('TIME')[1] / MONTH) - months_ago
  return references_key(connection, month)
end

local function job_in(send) return string.match(send, '^job_%x+') end

local function job_of(connection, provider_id)
  for months_ago = 1, -1, -1 do
    local found = redis.call('HMGET', references_of(connection, months_ago), provider_id, provider_id .. SEND)
    local id, send = found[1], found[2] or found[1]
    if id then return id, job_in(send) == id and send or id end
  end
  return nil
end

local function record_provider_id(connection, provider_id, send)
  local references = references_of(connection, 0)
  local id = job_in(send)
  redis.call('HSET', references, provider_id, id)
  if send ~= id then redis.call('HSET', references, provider_id .. SEND, send) end
  redis.call('EXPIRE', references, 2 * MONTH)
end
