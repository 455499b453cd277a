-- Returns which send of ours has each of a provider's ids, '' for none.
local found = {}
for place, number in ipairs(numbers) do
  local _, send = job_of(connection, number)
  found[place] = send or ''
end
return found
