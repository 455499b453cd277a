-- Read the events that are not fanned out yet, outside of a drain's step; see read_unfanned.lua.
return read_unfanned(inboxes, entries)
