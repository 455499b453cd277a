"""What RQ runs in a trial: the job functions, the three kinds of worker, the sweeper.

Started as a program with KIND; the sockets come from the environment (RQ_TRIAL_*).
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

import redis
import requests
from ledger import Ledger
from redis.client import Pipeline
from rq import Queue, Retry, SimpleWorker, Worker
from rq.serializers import JSONSerializer
from rq.timeouts import BaseDeathPenalty

PROVIDER = os.environ["RQ_TRIAL_PROVIDER"]
SOCKET = os.environ["RQ_TRIAL_SOCKET"]
QUEUE = "jobs"
WEB = requests.Session()
WEB.trust_env = False


def connect(*, decode: bool) -> redis.Redis:
    return redis.Redis(unix_socket_path=SOCKET, decode_responses=decode)


def queue(db: redis.Redis) -> Queue:
    return Queue(QUEUE, connection=db, serializer=JSONSerializer, default_timeout=10)


def post(ref: str) -> int:
    return WEB.post(f"{PROVIDER}/send/{ref}", timeout=1.5).status_code


# (a) stock RQ: the documented way, with retries


def send_plain(ref: str) -> None:
    if post(ref) != 201:
        raise RuntimeError("the provider refused")


def enqueue_plain(jobs: Queue, ref: str) -> None:
    jobs.enqueue(send_plain, ref, job_id=ref, retry=Retry(max=5), result_ttl=3600, failure_ttl=3600)


# (b) RQ as the wake-up over the ledger

_ledgers: list[Ledger] = []


def ledger() -> Ledger:
    if not _ledgers:
        _ledgers.append(Ledger(connect(decode=True)))
    return _ledgers[0]


def send_claimed(ref: str) -> None:
    token = uuid4().hex
    if not ledger().claim(ref, token):
        return
    try:
        status = post(ref)
    except requests.RequestException:
        return  # Perhaps sent: the sweeper asks the provider when the lease is over.
    ledger().settle(ref, token, "sent" if status == 201 else "queued", due=time.time())


def push(jobs: Queue, ref: str, pipe: Pipeline) -> None:
    """RQ's public parts in two commands.

    PERSIST, because a finished run of the same id has left its TTL on the hash. It would remove the
    new job before it is run.
    """
    job = jobs.create_job(
        "work.send_claimed", (ref,), job_id=ref, result_ttl=5, failure_ttl=3600, description="send"
    )
    job.enqueued_at = datetime.now(UTC)
    job.save(pipeline=pipe)
    pipe.persist(job.key)
    jobs.push_job_id(job.id, pipeline=pipe)


def enqueue_claimed(jobs: Queue, ref: str) -> None:
    with jobs.connection.pipeline(transaction=True) as pipe:
        ledger().accept(ref, pipe)
        push(jobs, ref, pipe)
        pipe.execute()


def sweep(jobs: Queue) -> None:
    for ref, token in ledger().overdue():
        found = WEB.get(f"{PROVIDER}/sent/{ref}", timeout=1.5).status_code == 200
        ledger().settle(ref, token, "sent" if found else "queued")
    with jobs.connection.pipeline(transaction=True) as pipe:
        for ref in ledger().lost(jobs.key):
            push(jobs, ref, pipe)
        pipe.execute()


def sweep_for_ever(jobs: Queue) -> None:
    while True:
        time.sleep(0.5)
        try:
            sweep(jobs)
        except (redis.RedisError, requests.RequestException) as error:
            logging.warning("sweep: %s", type(error).__name__)


class NoDeathPenalty(BaseDeathPenalty):
    """A send has its own deadline; an alarm in the middle of one would only make it ambiguous."""

    def setup_death_penalty(self) -> None: ...

    def cancel_death_penalty(self) -> None: ...


class LedgerWorker(SimpleWorker):
    death_penalty_class = NoDeathPenalty
    log_result_lifespan = False
    max_connection_wait_time = 1.0

    def subscribe(self) -> None:
        """No stop-job commands, so neither their thread nor their connection."""


def work(kind: str) -> None:
    db = connect(decode=False)
    classes: dict[str, type[SimpleWorker] | type[Worker]]
    classes = {"fork": Worker, "simple": SimpleWorker, "ledger": LedgerWorker}
    if kind == "ledger":
        sweeper_queue = queue(connect(decode=False))
        threading.Thread(target=sweep_for_ever, args=(sweeper_queue,), daemon=True).start()
    worker = classes[kind](
        [queue(db)],
        connection=db,
        serializer=JSONSerializer,
        log_job_description=False,
        worker_ttl=20,
        maintenance_interval=5,
        job_monitoring_interval=5,
    )
    worker.work(logging_level="WARNING")


ENQUEUE: dict[str, Callable[[Queue, str], None]] = {
    "fork": enqueue_plain,
    "simple": enqueue_plain,
    "ledger": enqueue_claimed,
}

if __name__ == "__main__":
    sys.modules["work"] = sys.modules["__main__"]  # RQ imports jobs by name: not a second copy
    work(sys.argv[1])
