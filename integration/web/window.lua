-- Count a call against a limit of so many calls in any stretch of time of this length, wherever the
-- stretch begins: a counter for each clock minute would let twice as many through around its edge.
-- A key's calls are a list of shares, each "time of its last call, calls", a share being full with
-- a 60th of the limit. So a key costs at most 60 short entries whatever its limit is, and at most
-- one share's calls are counted for longer than the stretch, until the last of them is as old.
-- A refused call is not counted: who calls on and on is let in as soon as who waited.
-- Counts are neither written to the disk nor told to replicas: a count that a crash has lost lets a
-- minute's calls through once more, and one that is synced to the disk would cost a poll, which
-- writes nothing else, more than all the rest of it.
-- Returns the calls counted, this one among them (limit + 1 when it is refused), and the
-- milliseconds until the oldest leave the count.
local SHARES = 60

local function kept_out_of_files(step)
  -- A server that does not let scripts choose keeps the counts like all else.
  pcall(redis.replicate_commands)
  local chosen = pcall(redis.set_repl, redis.REPL_NONE)
  step()
  if chosen then redis.set_repl(redis.REPL_ALL) end
end

local function count_call(key, limit, length)
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  local full = math.ceil(limit / SHARES)
  local function share(place)
    local at, calls = string.match(redis.call('LINDEX', key, place) or '', '(%d+) (%d+)')
    return tonumber(at), tonumber(calls)
  end
  local oldest, used = nil, 0
  kept_out_of_files(function()
    oldest = share(0)
    -- A time that has not come yet is from before the server's clock was set back.
    while oldest and (oldest <= now - length or oldest > now) do
      redis.call('LPOP', key)
      oldest = share(0)
    end
    local _, open = share(-1)
    local shares = open and redis.call('LLEN', key) or 0
    used = open and (shares - 1) * full + open or 0
    if used >= limit then return end
    if open and open < full then
      redis.call('LSET', key, -1, now .. ' ' .. open + 1)
      if shares == 1 then oldest = now end
    else redis.call('RPUSH', key, now .. ' 1') end
    redis.call('PEXPIRE', key, length)
  end)
  if used >= limit then return limit + 1, oldest + length - now end
  return used + 1, (oldest or now) + length - now
end
