-- Admit a call, and do nothing else. Returns what admitted() says of it.
local _, admission = admitted()
return admission
