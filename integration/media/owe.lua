-- owe_media(): write the records of a message's files, from JSON, with their message, and that those
-- are owed that wait.
local function owe_media(files, message)
  local waiting = media_waiting_key(connection)
  for _, one in ipairs(cjson.decode(files)) do
    local record = media_key(workspace, one.id)
    redis.call('HSET', record, 'connection', connection, 'event', message, 'source', one.source,
      'state', one.state)
    redis.call('PEXPIRE', record, media_ttl)
    if one.state == 'waiting' then
      redis.call('ZADD', waiting, 0, one.id)
      redis.call('PEXPIRE', waiting, media_ttl)
      redis.call('ZADD', media_due, 'LT', 0, connection)
    end
  end
end
