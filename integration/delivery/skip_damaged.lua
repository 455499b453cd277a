-- guarded(): one step over one record. A record that is of the wrong kind or holds nonsense fails
-- its own step only: it is noted among the broken ones, and the script goes on with the others.
-- What the store refuses for its own reasons, such as a full memory, fails the script as ever.
local function guarded(broken, now, key, step, ...)
  local ok, result = pcall(step, ...)
  if ok then return true, result end
  local text = type(result) == 'table' and result.err or tostring(result)
  for _, word in ipairs({'OOM', 'MISCONF', 'READONLY', 'NOREPLICAS', 'MASTERDOWN'}) do
    if string.find(text, word, 1, true) then error(result) end
  end
  redis.call('ZADD', broken, 'NX', now, key)
  return false
end
