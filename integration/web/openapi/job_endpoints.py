"""The endpoints of jobs."""

from typing import Any

from integration.kernel import outputs
from integration.schema import json_schema as schema
from integration.schema.components import STATUSES
from integration.schema.endpoint import Endpoint, Reply, ref
from integration.web.core.paging import PageInput
from integration.web.openapi.resources import page, section

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
PLACE: dict[str, Any] = {
    "pattern": r"^[0-9]{1,14}\.job_[0-9a-f]{1,64}$",
    "examples": [f"0.{outputs.JOB['id']}"],
}
PLACES = schema.parameters(PageInput, cursor=PLACE)


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
        parameters=[STATUS, BATCH, *PLACES],
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
        description="The unknown ones of a batch stay as they are, since their texts may have"
        " arrived: close or retry each by its own id.",
        problems=(409,),
    ),
    Endpoint(
        "POST /v1/jobs/{job_id}/close",
        "close_job",
        "Close a job of unknown outcome as sent, or those of a batch: its text is known to have"
        " arrived.",
        [_either("Closed.", status="sent", message="Closed by hand: it arrived.")],
        description="Nothing is sent. The job's `look_for` says what to look for at the provider"
        " first. The audit list says who closed it.",
        problems=(409,),
    ),
)
