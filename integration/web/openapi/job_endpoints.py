"""The endpoints of jobs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from integration.kernel import outputs
from integration.schema.components import STATUSES
from integration.schema.endpoint import Endpoint, in_path
from integration.web.openapi import resources as shown
from integration.web.openapi.resources import PAGING

JOB = in_path("job_id", "job_[0-9a-f]{20}", outputs.JOB["id"])
STATUS: dict[str, Any] = {
    "name": "status",
    "in": "query",
    "description": "Only jobs of this status.",
    "schema": {"type": "string", "enum": STATUSES},
}


def endpoints() -> Iterator[Endpoint]:
    yield from _look()
    yield from _decide()


def _look() -> Iterator[Endpoint]:
    yield Endpoint(
        method="get",
        path="/v1/jobs",
        id="list_jobs",
        tag="Jobs",
        summary="List jobs, newest first.",
        parameters=[STATUS, *PAGING],
        replies={200: shown.page("Jobs.", "Job", dict(outputs.JOB))},
        problems=(422,),
    )
    yield Endpoint(
        method="get",
        path="/v1/jobs/{job_id}",
        id="get_job",
        tag="Jobs",
        summary="Show a job and its timeline.",
        parameters=[JOB],
        replies={200: shown.one("The job.", "Job", dict(outputs.JOB))},
        problems=(404,),
    )


def _decide() -> Iterator[Endpoint]:
    yield Endpoint(
        method="delete",
        path="/v1/jobs/{job_id}",
        id="cancel_job",
        tag="Jobs",
        summary="Cancel a job that has not begun.",
        parameters=[JOB],
        replies={200: shown.one("The job.", "Job", {**outputs.JOB} | {"status": "cancelled"})},
        problems=(404, 409),
    )
    yield Endpoint(
        method="post",
        path="/v1/jobs/{job_id}/retry",
        id="retry_job",
        tag="Jobs",
        summary="Run a job again that failed, was cancelled or ended unknown.",
        parameters=[JOB],
        replies={202: shown.one("Queued again.", "Job", {**outputs.JOB} | {"status": "queued"})},
        problems=(404, 409),
    )
