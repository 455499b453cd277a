"""The mini-ledger: `queued`, then `sending` with a lease and a token, then `sent`.

RQ only wakes a worker up. What RQ loses, the ledger still owes; what RQ runs twice, it gives once.
"""

from __future__ import annotations

import time
from typing import Any

from redis import Redis
from redis.client import Pipeline

LEASE = 4.0  # seconds; longer than the 1.5 s that a POST may take, or two workers could both send
GRACE = 2.0  # seconds; what was enqueued this long before the queue's head is not in the queue
DUE, SENDING = "due", "sending"  # ids by the time of their last enqueueing; ids by end of lease

CLAIM = """
if redis.call('HGET', KEYS[1], 'state') ~= 'queued' then return 0 end
redis.call('HSET', KEYS[1], 'state', 'sending', 'token', ARGV[1])
redis.call('ZREM', KEYS[2], ARGV[3])
redis.call('ZADD', KEYS[3], ARGV[2], ARGV[3])
return 1"""

# The token fences: a worker that was held up past its lease must not overwrite its successor.
SETTLE = """
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'state', ARGV[2], 'token', '')
redis.call('ZREM', KEYS[3], ARGV[3])
if ARGV[2] == 'queued' then redis.call('ZADD', KEYS[2], ARGV[4], ARGV[3]) end
return 1"""

# The RQ list is first in, first out. So whatever is still owed but was enqueued before the id now
# at its head has been lost. Enqueueing all that is merely late instead chokes the queue.
LOST = """
local limit = tonumber(ARGV[1])
local head = redis.call('LRANGE', KEYS[2], 0, 19)
for _, id in ipairs(head) do
  local at = redis.call('ZSCORE', KEYS[1], id)
  if at then limit = math.min(limit, tonumber(at)) break end
end
local ids = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', limit - tonumber(ARGV[2]), 'LIMIT', 0, 50)
for _, id in ipairs(ids) do redis.call('ZADD', KEYS[1], ARGV[1], id) end
return ids"""


class Ledger:
    """`db` must decode its answers."""

    def __init__(self, db: Redis) -> None:
        self.db: Any = db
        self._claim, self._settle = db.register_script(CLAIM), db.register_script(SETTLE)
        self._lost = db.register_script(LOST)

    @staticmethod
    def key(ref: str) -> str:
        return f"job:{ref}"

    def accept(self, ref: str, pipe: Pipeline) -> None:
        """Only the first of several equal commits counts.

        redis-py repeats a MULTI whose answer was lost. A plain HSET would then put back to `queued`
        what has been sent meanwhile.
        """
        pipe.hsetnx(self.key(ref), "state", "queued")
        pipe.zadd(DUE, {ref: time.time()}, nx=True)

    def claim(self, ref: str, token: str) -> bool:
        keys = [self.key(ref), DUE, SENDING]
        return bool(self._claim(keys=keys, args=[token, time.time() + LEASE, ref]))

    def settle(self, ref: str, token: str, state: str, *, due: float = 0.0) -> bool:
        keys = [self.key(ref), DUE, SENDING]
        return bool(self._settle(keys=keys, args=[token, state, ref, due]))

    def lost(self, queue_key: str) -> list[str]:
        """Ids that are owed and in no queue, at most 50; they count as enqueued from now on."""
        return list(self._lost(keys=[DUE, queue_key], args=[time.time(), GRACE]))

    def overdue(self) -> list[tuple[str, str]]:
        """(id, token) of sends whose lease is over, at most 200."""
        refs = self.db.zrangebyscore(SENDING, 0, time.time(), 0, 200)
        return [(ref, self.db.hget(self.key(ref), "token") or "") for ref in refs]
