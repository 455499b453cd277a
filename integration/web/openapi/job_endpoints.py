"""The endpoints of jobs."""

from typing import Any

from integration.kernel import outputs
from integration.schema.components import STATUSES
from integration.schema.endpoint import Endpoint, Reply, ref
from integration.web.openapi.resources import PAGING, page, section

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


def _either(said: str, code: int = 200, **more: str) -> Reply:
    shape = {"anyOf": [ref("Job"), ref("Batch")]}
    return Reply(description=said, schema=shape, status=code, example={**outputs.JOB, **more})


JOBS = section(
    "Jobs",
    Endpoint(
        "GET /v1/jobs",
        "list_jobs",
        "List jobs, newest first.",
        [page("Job", outputs.JOB)],
        parameters=[STATUS, BATCH, *PAGING],
        problems=(422,),
    ),
    Endpoint(
        "GET /v1/jobs/{job_id}",
        "get_job",
        "Show a job and its timeline, or a batch with its jobs.",
        [_either("The job, or the batch.")],
    ),
    Endpoint(
        "DELETE /v1/jobs/{job_id}",
        "cancel_job",
        "Cancel a job that has not begun, or those of a batch.",
        [_either("The job, or the batch.", status="cancelled")],
        problems=(404, 409),
    ),
    Endpoint(
        "POST /v1/jobs/{job_id}/retry",
        "retry_job",
        "Run a job again that failed, was cancelled or ended unknown, or those of a batch.",
        [_either("Queued again.", 202, status="queued")],
        problems=(409,),
    ),
)
