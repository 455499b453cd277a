"""Withdraw: take back what a call committed and the store's replicas did not confirm.

The caller gets 503, and sends once when it tries again: a job cannot have left before, since its
claim needs the replicas too.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from redis.exceptions import RedisError

from integration.jobs.accept import AcceptCommand
from integration.kernel.errors import Unavailable
from integration.services import Services
from integration.store.client import is_unable
from integration.store.script import Rest, script

RETRY_SECONDS = 2


@script("unqueue", "withdraw")
def WITHDRAW(*, workspace: str, lane: str, idempotency: str, jobs: Rest) -> None:
    """Take back jobs that no process has claimed."""


class Unconfirmed(Unavailable):
    """`name` is the job, or the batch, that may have been accepted all the same."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"This call may have been accepted as {name}, but the data store did not confirm it."
            f" Look it up with GET /v1/jobs/{name} before you send it again.",
            retry_after=RETRY_SECONDS,
        )
        self.name = name

    def problem(self) -> dict[str, object]:
        return {"job_id": self.name}


@contextmanager
def withdrawing(services: Services, sent: AcceptCommand) -> Iterator[None]:
    """Withdraws the command where its commit is not confirmed.

    Raises Unconfirmed where that fails, else the error of the store, which becomes a 503.
    """
    try:
        yield
    except RedisError as error:
        if not (services.settings.store_replicas and is_unable(error)):
            raise
        if not _withdrawn(services, sent):
            raise Unconfirmed(sent.jobs[0].batch_id or sent.jobs[0].id) from error
        raise


def _withdrawn(services: Services, sent: AcceptCommand) -> bool:
    call = WITHDRAW(
        workspace=sent.jobs[0].workspace,
        lane=sent.jobs[0].connection,
        idempotency=sent.idempotency,
        jobs=[each.id for each in sent.jobs],
    )
    try:
        return not call.run(services.db)
    except RedisError as error:
        if not is_unable(error):
            raise
        return False
