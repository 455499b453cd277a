-- Make a trace in a provider's history this job's, unless another job has it already.
-- With '' for the id the script only looks. Returns the id of the job that has the trace, or ''.
local holder = job_of(connection, provider_id)
if holder or id == '' then return holder or '' end
record_provider_id(connection, provider_id, id)
return id
