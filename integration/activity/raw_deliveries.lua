-- What a search looks into of each delivery, as it is stored: its event and the ids around it.
local function event_of(body, inbox, position)
  if body or not inbox or not position then return body or '' end
  local rows = redis.pcall('XRANGE', inbox, position, position)
  return rows[1] and table.concat(rows[1][2], ' ') or ''
end

local found = {}
for place, id in ipairs(ids) do
  local record = redis.pcall('HMGET', delivery_key(id), 'hook', 'event', 'body', 'inbox', 'position')
  found[place] = table.concat({id, record[1] or '', record[2] or '',
    event_of(record[3], record[4], record[5])}, ' ')
end
return found
