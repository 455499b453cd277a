-- Owe somebody the answer to HELP.
owe_answer(answered, answer, at_ms)
