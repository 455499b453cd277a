"""RQ as documented: a job that posts a body, and its two kinds of worker.

python -m proofs.bench.peers.rq_work simple|fork
"""

from __future__ import annotations

import os
import sys
from typing import Any

import redis
import requests
from rq import Queue, SimpleWorker, Worker

session = requests.Session()
session.trust_env = False
HEADERS = {"Content-Type": "application/json"}
NAME = "peers"


def post(url: str, body: str) -> int:
    answer = session.post(url, data=body.encode(), headers=HEADERS, timeout=15)
    answer.raise_for_status()
    return answer.status_code


def nothing(_: Any) -> None:
    """What is enqueued where only the enqueueing is measured."""


def main() -> None:
    db = redis.Redis.from_url(os.environ["REDIS_URL"])
    # The forking worker has its imports already here, so that no child makes them again.
    kind = SimpleWorker if sys.argv[1] == "simple" else Worker
    kind([Queue(NAME, connection=db)], connection=db, log_job_description=False).work(
        burst=True, logging_level="WARNING"
    )


if __name__ == "__main__":
    main()
