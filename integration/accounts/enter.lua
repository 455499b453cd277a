-- Let a call in, and nothing else.
-- KEYS and ARGV: see admit.lua. Returns what it tells.
local _, told = admitted()
return told
