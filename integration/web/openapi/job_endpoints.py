"""The endpoints of jobs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from integration.kernel import outputs
from integration.schema.components import STATUSES
from integration.schema.endpoint import Endpoint, Reply, in_path, ref
from integration.web.openapi import resources as shown
from integration.web.openapi.resources import PAGING

JOB = in_path("job_id", "(job_[0-9a-f]{20}|bat_[0-9a-f]{16,18})", outputs.JOB["id"])
BATCH: dict[str, Any] = {
    "name": "batch_id",
    "in": "query",
    "description": "Only jobs of this batch.",
    "schema": {"type": "string", "examples": [outputs.batch_sample(outputs.JOB)["id"]]},
}
STATUS: dict[str, Any] = {
    "name": "status",
    "in": "query",
    "description": "Only jobs of this status.",
    "schema": {"type": "string", "enum": STATUSES},
}


def _either(said: str, **more: str) -> Reply:
    shape = {"anyOf": [ref("Job"), ref("Batch")]}
    return Reply(description=said, schema=shape, example={**outputs.JOB, **more})


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
        parameters=[STATUS, BATCH, *PAGING],
        replies={200: shown.page("Jobs.", "Job", dict(outputs.JOB))},
        problems=(422,),
    )
    yield Endpoint(
        method="get",
        path="/v1/jobs/{job_id}",
        id="get_job",
        tag="Jobs",
        summary="Show a job and its timeline, or a batch with its jobs.",
        parameters=[JOB],
        replies={200: _either("The job, or the batch.")},
        problems=(404,),
    )


def _decide() -> Iterator[Endpoint]:
    yield Endpoint(
        method="delete",
        path="/v1/jobs/{job_id}",
        id="cancel_job",
        tag="Jobs",
        summary="Cancel a job that has not begun, or those of a batch.",
        parameters=[JOB],
        replies={200: _either("The job, or the batch.", status="cancelled")},
        problems=(404, 409),
    )
    yield Endpoint(
        method="post",
        path="/v1/jobs/{job_id}/retry",
        id="retry_job",
        tag="Jobs",
        summary="Run a job again that failed, was cancelled or ended unknown, or those of a batch.",
        parameters=[JOB],
        replies={202: _either("Queued again.", status="queued")},
        problems=(404, 409),
    )
