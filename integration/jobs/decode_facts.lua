-- facts_of(): what a job was accepted with; the order is that of FACTS in facts.py.
-- A place never changes its meaning; newer releases append.
local WORKSPACE, ACTION, CONNECTION, PROVIDER, CREATED = 1, 2, 3, 4, 5
local BATCH, SEGMENTS, EQUAL, INPUT = 6, 7, 8, 9

local function decoded(text)
  if not text or text == '' then return {} end
  -- A record that somebody damaged must still come to its end.
  local ok, value = pcall(cjson.decode, text)
  return ok and type(value) == 'table' and value or {}
end

local function facts_of(text)
  local facts = decoded(text)
  for place = 1, EQUAL do
    if type(facts[place]) == 'table' or facts[place] == cjson.null then facts[place] = nil end
  end
  if type(facts[INPUT]) ~= 'table' then facts[INPUT] = {} end
  return facts
end
