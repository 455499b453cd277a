-- guarded(): run one step over one record. A record of the wrong type, or with nonsense in it,
-- fails its own step only. Its key is noted in `broken`, and the script goes on with the others.
-- An error of the store itself, such as a full memory, still fails the whole script.
-- Reads the names broken and now.
local function guarded(key, step, ...)
  local ok, result = pcall(step, ...)
  if ok then return true, result end
  local text = type(result) == 'table' and result.err or tostring(result)
  for _, word in ipairs({'OOM', 'MISCONF', 'READONLY', 'NOREPLICAS', 'MASTERDOWN'}) do
    if string.find(text, word, 1, true) then error(result) end
  end
  redis.call('ZADD', broken, 'NX', now, key)
  return false
end
