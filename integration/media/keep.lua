-- Keep a content, or where `sealed` is '' its size alone. The oldest of the workspace make room.
-- Without a record nothing is kept: the file was erased, or its time is over.
local record, index = media_key(workspace, media), media_kept_key(workspace)
local contents = media_bytes_key(workspace, media)
redis.call('ZREM', media_waiting_key(connection), media)
local left = redis.call('PTTL', record)
if left <= 0 then return 0 end
redis.call('HSET', record, 'type', kind, 'size', bytes, 'reason', '')
redis.call('ZREMRANGEBYSCORE', index, '-inf', now)
local size, total, kept = #sealed, #sealed, {}
for _, entry in ipairs(redis.call('ZRANGE', index, 0, -1)) do
  local id, taken = string.match(entry, '^(%S+) (%d+)$')
  if id == media or not id then
    redis.call('ZREM', index, entry)
  else
    kept[#kept + 1] = {entry = entry, id = id, size = tonumber(taken)}
    total = total + tonumber(taken)
  end
end
if size == 0 or size > most then
  redis.call('DEL', contents)
  redis.call('HSET', record, 'state', 'left')
  return 0
end
for _, each in ipairs(kept) do
  if total <= most then break end
  redis.call('DEL', media_bytes_key(workspace, each.id))
  redis.call('ZREM', index, each.entry)
  local other = media_key(workspace, each.id)
  if redis.call('EXISTS', other) == 1 then redis.call('HSET', other, 'state', 'left') end
  total = total - each.size
end
redis.call('HSET', contents, 'sealed', sealed)
redis.call('PEXPIRE', contents, left)
redis.call('HSET', record, 'state', 'kept')
redis.call('ZADD', index, now + left, media .. ' ' .. size)
if redis.call('PTTL', index) < left then redis.call('PEXPIRE', index, left) end
return 1
