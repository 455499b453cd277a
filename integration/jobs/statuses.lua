-- note_status(): put a job where its status belongs in the index of its workspace's jobs. Each job
-- has one place there, so that counts are exact and no status hides behind another.
-- The score holds the status (the order of STATUSES in record.py) and when the job was made (ms).
local SPAN = 1e14
local PLACE = {scheduled = 0, queued = 1, sending = 2, sent = 3, delivered = 4, failed = 5,
  unknown = 6, cancelled = 7}

local function note_status(id, workspace, created, status)
  -- A damaged record, or a newer release's word, has no place; keep_statuses.lua looks again.
  if not PLACE[status] or not tonumber(created) or (workspace or '') == '' then return end
  redis.pcall('ZADD', job_statuses_key(workspace), PLACE[status] * SPAN + created, id)
end
