-- Put these jobs where they belong in the index of their workspace, and take out those whose record
-- has expired. For jobs that a process of release 0.1.0 changed, which has no such index.
-- Returns how many it took out.
local gone = 0
for _, id in ipairs(jobs) do
  local found = redis.pcall('HMGET', job_key(id), 'status', 'facts', 'lost_ms')
  if not found.err and not found[1] then
    gone = gone + redis.call('ZREM', job_statuses_key(workspace), id)
  elseif not found.err then
    local status = found[1] == 'queued' and found[3] and 'sending' or found[1]
    note_status(id, workspace, facts_of(found[2])[CREATED], status)
  end
end
return gone
