-- owe_answer(): owe a person one answer to a word, unless one was owed in the last day. Two machines
-- must not go on answering each other.
local function owe_answer(answered, answer, at)
  if redis.call('SET', answered, '1', 'NX', 'EX', WORD_ANSWERED_SECONDS) then
    redis.call('ZADD', opt_out_answers, at, answer)
  end
end
