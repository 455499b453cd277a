"""Celery as documented: a task that posts a body; runs in an environment of its own.

python celery_work.py fill URL < bodies      enqueues one task for each line
celery -A celery_work worker --concurrency 8
"""

from __future__ import annotations

import os
import sys

import requests
from celery import Celery

app = Celery("bench", broker=os.environ["CELERY_URL"], backend=os.environ["CELERY_URL"])
app.conf.broker_connection_retry_on_startup = True
session = requests.Session()
session.trust_env = False


@app.task(name="post")  # type: ignore[untyped-decorator]  # celery is not installed here
def post(url: str, body: str) -> int:
    answer = session.post(
        url, data=body.encode(), headers={"Content-Type": "application/json"}, timeout=15
    )
    answer.raise_for_status()
    return answer.status_code


if __name__ == "__main__":
    for line in sys.stdin:
        post.delay(sys.argv[2], line.rstrip("\n"))
