-- Count a failed authentication against its client address.
-- Returns {failures counted, milliseconds until the oldest leave the count}.
return {count_call(failures, limit, length)}
