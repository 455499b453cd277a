-- Put these jobs where they belong in the index of their workspace, and take out those whose record
-- has expired. For jobs that a process of release 0.1.0 changed, which has no such index.
-- Returns how many it took out.
local gone = 0
for _, id in ipairs(jobs) do
  local found = redis.pcall('HMGET', job_key(id), 'status', 'facts')
  if not found.err and not found[1] then
    gone = gone + redis.call('ZREM', job_statuses_key(workspace), id)
  elseif not found.err then
    note_status(id, workspace, facts_of(found[2])[CREATED], found[1])
  end
end
return gone
