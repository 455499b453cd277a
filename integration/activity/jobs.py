"""Jobs: the source whose rows are what was sent, each with the status that it has now.

A row's time is when its job was accepted. The index of jobs by status has them in this order.
"""

from collections.abc import Iterator, Sequence
from itertools import compress
from typing import Any

from integration.activity.rows import Place, Row, Seen, runs
from integration.activity.sought import first_look
from integration.activity.wanted import Wanted
from integration.jobs import ledger
from integration.jobs.record import STATUSES, Job
from integration.jobs.statuses import SPAN, TIES
from integration.kernel.catalog import dashed
from integration.kernel.feed_query import OUT
from integration.services import Services
from integration.store import keys
from integration.store.script import Rest, script

FIRST_STEP, STEP = 60, 250
"""Jobs that are read at once to begin with, since a page seldom needs more, and later."""


@script("accepted_since")
def ACCEPTED_SINCE(*, workspace: str, head: str, most: int) -> None:
    """Give the ids of jobs that were accepted after one, newest first; None where it has gone."""


@script("raw_jobs")
def RAW_JOBS(*, ids: Rest) -> None:
    """Give what a search looks into of each job, as it is stored."""


class Jobs:
    """The jobs of a workspace. `rank` is its place among the sources."""

    def __init__(self, rank: int) -> None:
        self.rank = rank

    def has(self, wanted: Wanted) -> bool:
        """Whether a row of it could be wanted."""
        known = wanted.status in ("", *STATUSES)
        return OUT in wanted.directions and not wanted.hook and known

    def older(
        self, services: Services, workspace: str, wanted: Wanted, below: Place
    ) -> Iterator[Seen]:
        """The rows before a place, newest first."""
        statuses = [wanted.status] if wanted.status else STATUSES
        step, fits = FIRST_STEP, first_look(wanted)
        while found := self._found(services, workspace, statuses, below, step):
            ids = [id for _, id in found]
            fitting = ids
            if fits:
                fitting = [*compress(ids, fits(RAW_JOBS(ids=ids).run(services.db)))]
            several = ledger.several(services, fitting)
            jobs = [job for job in several if job and job.workspace == workspace]
            rows = {job.id: self.row(job) for job in ledger.explained(services, jobs)}
            yield from runs(((each, rows.get(each[1])) for each in found), self._place)
            below, step = self._place(found[-1]), STEP

    def _place(self, found: tuple[int, str]) -> Place:
        return Place(found[0], self.rank, 0, found[1])

    def _found(
        self, services: Services, workspace: str, statuses: Sequence[str], below: Place, step: int
    ) -> list[tuple[int, str]]:
        """Times and ids of the jobs before a place, newest first, about so many."""
        name = keys.job_statuses(workspace)
        own = self.rank == below.source
        newest = below.ms if self.rank <= below.source else below.ms - 1
        # In one step: a job that changes its status meanwhile must be in one of the answers.
        with services.db.pipeline(transaction=True) as pipe:
            for status in statuses:
                low = STATUSES.index(status) * SPAN
                most = step + (TIES if own else 0)
                pipe.zrevrangebyscore(name, low + newest, low, 0, most, withscores=True)
            replies = pipe.execute()
        found = [(int(score) % SPAN, job) for reply in replies for job, score in reply]
        if own:
            found = [each for each in found if each < (below.ms, below.id)]
        return sorted(found, reverse=True)[:step]

    def head(self, services: Services, workspace: str) -> str:
        """The job that was accepted last, for `newer`."""
        return services.db.lindex(keys.jobs(workspace), 0) or ""

    def newer(
        self, services: Services, workspace: str, head: str, most: int
    ) -> list[tuple[str, Row]]:
        """What was accepted since, oldest first, each with the head that it makes.

        In the order of the list: a job may be committed after one that was made a moment later."""
        found = self.accepted_since(services, workspace, head, most)
        if found is None:
            newest = self.head(services, workspace)
            return [(newest, self._gone(newest))] if newest else []
        return found

    def accepted_since(
        self, services: Services, workspace: str, head: str, most: int
    ) -> list[tuple[str, Row]] | None:
        """The same; None where the job has left the list, and nobody can say what is new."""
        ids = ACCEPTED_SINCE(workspace=workspace, head=head, most=most).run(services.db)
        if ids is None:
            return None
        found = zip(ids[::-1], ledger.several(services, ids[::-1]), strict=True)
        return [(id, self.row(job) if job else self._gone(id)) for id, job in found]

    def rows(self, services: Services, _: str, places: Sequence[Place]) -> list[Row | None]:
        """The rows that stand at these places, None where one is gone."""
        found = ledger.several(services, [each.id for each in places])
        return [self.row(job) if job else None for job in found]

    def _gone(self, id: str) -> Row:
        return Row(place=Place(0, self.rank, 0, id), id=id, direction="", status="")

    def row(self, job: Job) -> Row:
        return row_of(self.rank, job)


def row_of(rank: int, job: Job) -> Row:
    given = job.input
    text = given.get("message") or given.get("text")
    if text is None and given.get("media_url"):
        text = ""
    return Row(
        place=Place(job.created_ms, rank, 0, job.id),
        id=job.id,
        direction=OUT,
        status=job.status,
        connection=job.connection,
        phone=_text(given.get("phone")),
        message=text if isinstance(text, str) else None,
        detail=_told(job),
        device_fingerprint=given.get("device_fingerprint") or "",
        sim_slot=given.get("sim_slot") or "",
        action=dashed(job.action),
        job_id=job.id,
        names=[each for each in (job.provider_id, job.batch_id, job.request_id) if each],
    )


def _told(job: Job) -> str:
    """What its status alone does not say."""
    return "" if job.message.lower() == f"{job.status}." else job.message


def _text(found: Any) -> str:
    return found if isinstance(found, str) else ""
