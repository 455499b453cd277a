-- Duplicates. met() gives the job that sends the same text to the same number near this time. A job
-- of which nothing was sent does not count. remember() notes a job for the calls that come later.
-- `digests` has one under each of our keys, with blanks between: processes with another SECRET_KEY
-- run beside, or ran before. It is '' where nobody asked for it.

local function met(digests, at)
  local first, last = '(' .. (at - within_ms), '(' .. (at + within_ms)
  for digest in string.gmatch(digests, '%S+') do
    for _, id in ipairs(redis.call('ZRANGEBYSCORE', texts_key(workspace, digest), first, last)) do
      local status = redis.pcall('HGET', job_key(id), 'status')
      if type(status) == 'string' and status ~= 'failed' and status ~= 'cancelled' then return id end
    end
  end
end

local function remember(digests, id, at)
  for digest in string.gmatch(digests, '%S+') do
    local texts = texts_key(workspace, digest)
    redis.call('ZADD', texts, at, id)
    redis.call('ZREMRANGEBYRANK', texts, 0, -1 - TEXTS_KEPT)
    local left = at + within_ms - now
    if redis.call('PTTL', texts) < left then redis.call('PEXPIRE', texts, left) end
  end
end
