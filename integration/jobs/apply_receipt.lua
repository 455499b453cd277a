-- apply_receipt(): note a receipt on a job; a final status never goes back, and a new one is told.
local RANK = {scheduled = 0, queued = 1, sending = 2, unknown = 3, sent = 4,
  delivered = 5, failed = 5, cancelled = 5}

local function apply_receipt(key, status, receipt, now, told)
  local facts = redis.call('HMGET', key, 'status', 'receipts')
  local before = facts[2] or ''
  if string.find(before, receipt, 1, true) then return 'repeated' end
  if #before < 8000 then
    redis.call('HSET', key, 'receipts', before == '' and receipt or (before .. ',' .. receipt))
  end
  -- Not sent yet and known to the provider: it was retried, and this tells of the life before.
  if (RANK[facts[1]] or 0) < 3 and status ~= 'delivered' then return 'noted' end
  if (RANK[status] or -1) <= (RANK[facts[1]] or 0) then return 'noted' end
  redis.call('HSET', key, 'status', status, 'updated_ms', now)
  local said = decoded(receipt)
  tell(key, told, status, said.reason ~= cjson.null and said.reason or said.status)
  return 'applied'
end
