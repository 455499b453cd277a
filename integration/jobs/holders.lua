-- Returns which job has each of a provider's ids, '' for none.
local found = {}
for place, number in ipairs(numbers) do found[place] = job_of(connection, number) or '' end
return found
