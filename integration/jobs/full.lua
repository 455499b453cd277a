-- What takes no texts for now, says the provider: one phone or sender of the account, not the account.
-- Its texts wait in a queue of their own (`full.` and a digest), and the others of the lane go on. One
-- of them is tried after each pause. While `paced` has that queue, what is full gets no other text.
local FULL, KINDS = 'full.', {'device', 'sender'}

local function is_full(queue) return string.sub(queue, 1, #FULL) == FULL end

local function full_queue(kind, input)
  return FULL .. scope_of({per = kind}, input)
end

-- The queue that a text belongs into, and which of KINDS it is for; nil where both take texts.
local function full_of(lane, facts)
  local input = facts[INPUT]
  if not is_text(input) then return nil end
  for _, kind in ipairs(KINDS) do
    local queue = full_queue(kind, input)
    if redis.call('ZSCORE', lane_paced_key(lane), queue) then return queue, kind end
  end
end

-- Since when that has taken no texts (ms); nil for what does, or has just begun to again.
local function full_since(lane, facts)
  local queue = full_of(lane, facts)
  return queue and tonumber(redis.call('HGET', lane_full_key(lane, queue), 'since'))
end
