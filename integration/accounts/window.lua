-- count_call(): count a call against a limit of so many calls in any window of this length,
-- wherever the window begins. A counter for each clock minute would let twice as many through
-- around its edge.
-- A key's calls are a row of shares in one text. A share holds the time of its last call (ms, 6
-- bytes) and its number of calls (4 bytes). It is full with a 60th of the limit. So a key costs at
-- most 60 short entries whatever its limit is. At most one share's calls are counted for longer than the
-- window, until the last of them is as old.
-- A refused call is not counted: a caller that goes on calling is let in as soon as one that waits.
-- Counts are neither written to the disk nor sent to replicas. A count that a crash has lost lets a
-- minute's calls through once more. One that is synced to the disk would cost a poll, which writes
-- nothing else, more than all the rest of it.
-- Returns the calls counted, this one among them (limit + 1 when it is refused), and the
-- milliseconds until the oldest leave the count.
local SHARES, SHARE, SIZE = 60, '>I6I4', 10

local function store_count(key, shares, length)
  -- A server that does not let scripts choose keeps the counts like all else.
  local chosen = pcall(redis.set_repl, redis.REPL_NONE)
  redis.call('SET', key, shares, 'PX', length)
  if chosen then redis.set_repl(redis.REPL_ALL) end
end

local function count_call(key, limit, length)
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  local full, shares, first = math.ceil(limit / SHARES), redis.call('GET', key) or '', 1
  local last, oldest = #shares - SIZE + 1, now
  while first <= last do
    oldest = struct.unpack(SHARE, shares, first)
    -- A time that has not come yet is from before the server's clock was set back.
    if oldest > now - length and oldest <= now then break end
    first = first + SIZE
  end
  if first > last then
    store_count(key, struct.pack(SHARE, now, 1), length)
    return 1, length
  end
  local _, open = struct.unpack(SHARE, shares, last)
  local used = (last - first) / SIZE * full + open
  if used >= limit then return limit + 1, oldest + length - now end
  if first == last and open < full then oldest = now end
  local kept = string.sub(shares, first, open < full and last - 1 or -1)
  store_count(key, kept .. struct.pack(SHARE, now, open < full and open + 1 or 1), length)
  return used + 1, oldest + length - now
end
