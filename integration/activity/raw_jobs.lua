-- What a search looks into of each job, as it is stored.
local found = {}
for place, id in ipairs(ids) do
  local job = redis.pcall('HMGET', job_key(id), 'facts', 'provider_id', 'request_id')
  found[place] = id .. ' ' .. (job[1] or '') .. ' ' .. (job[2] or '') .. ' ' .. (job[3] or '')
end
return found
