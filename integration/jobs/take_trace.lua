-- Make a trace in a provider's history this job's, unless it is another's already.
-- KEYS: begin of the names of references. ARGV: the trace's number, id of the job, or '' to look.
-- Returns the id of the job whose it is, or ''.
local id = job_of(KEYS[1], ARGV[1])
if id or ARGV[2] == '' then return id or '' end
refer(KEYS[1], ARGV[1], ARGV[2])
return ARGV[2]
