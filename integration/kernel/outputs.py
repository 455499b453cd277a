"""The output fields of triggers, actions and searches, for platforms that ask.

The sample is the only declaration. Its keys are the fields, its values show the types, and a rule
makes a label from each key.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from integration.kernel.catalog import dashed
from integration.kernel.specs import Action, Search, Trigger

Kind = Literal["text", "datetime", "integer", "number", "boolean", "list", "object"]
KINDS: Mapping[type, Kind] = {
    bool: "boolean",
    int: "integer",
    float: "number",
    list: "list",
    tuple: "list",
    dict: "object",
}
CAPITALS = {"api", "dlt", "id", "mms", "sim", "sms", "url"}
JOB: Mapping[str, Any] = {
    "id": "job_5f2c1a9b7d3e4f60a1b2c3d4",
    "action": "send-sms",
    "status": "sent",
    "input": {"phone": "+14155550123", "message": "Your table is ready."},
    "provider": "pairfon",
    "connection": "conn_4dkq7m2vxa5tzr3w",
    "provider_id": "9f1c",
    "message": "Sent.",
    "attempts": [{"at": "2026-01-31T09:00:01Z", "outcome": "sent", "detail": "Sent."}],
    "receipts": [],
    "batch_id": None,
    "schedule_at": None,
    "error": None,
    "result": {},
    "created_at": "2026-01-31T09:00:00Z",
    "updated_at": "2026-01-31T09:00:01Z",
}
"""A job as the API shows it."""
ECHOED = ("phone", "device_fingerprint", "sim_slot")
"""The fields that a job with a text repeats at its top level."""


@dataclass(frozen=True, kw_only=True)
class Output:
    """One output field. A `datetime` is RFC 3339 text in UTC; `primary` marks the object's id.

    `members` are the fields of an object, or of each object of a list."""

    key: str
    label: str
    kind: Kind
    sample: Any
    primary: bool
    members: Sequence["Output"]


def of_spec(spec: Trigger | Action | Search) -> Sequence[Output]:
    """The fields of a trigger's event, of a search's row, or of an action's job."""
    sample = job_sample(spec) if isinstance(spec, Action) else spec.sample
    if isinstance(spec, Action) and spec.split:
        sample = {**sample, "jobs": [sample]}
    return [_output(key, value, spec) for key, value in sample.items()]


def job_sample(action: Action) -> dict[str, Any]:
    """The job of a call that gave the required fields and succeeded."""
    fields = action.inputs().fields
    given = {key: field.metadata["sample"] for key, field in fields.items() if field.required}
    job = {**JOB, "action": dashed(action.key), "input": given, "result": dict(action.sample)}
    if action.key != "send_sms":
        return job
    shown = {name: given.get(name) or action.sample.get(name) for name in ECHOED}
    return job | {"segments": 1} | shown


def batch_sample(job: Mapping[str, Any]) -> dict[str, Any]:
    """The answer of a call for two recipients, of which the provider refused one."""
    batch = "bat_5f2c1a9b7d3e4f6002"
    reason = "The number is not in service."
    failed = {"id": "job_0a4b6c8d2e1f3a5b7c9d", "status": "failed", "message": reason}
    return {
        "id": batch,
        "batch_id": batch,
        "action": job["action"],
        "status": "partial",
        "message": f"1 of 2 sent; 1 failed: {reason}",
        "jobs": [{**job, "batch_id": batch}, {**job, "batch_id": batch, **failed}],
    }


def label(key: str) -> str:
    """Returns `received_at` as Received At."""
    return " ".join(
        word.upper() if word in CAPITALS else word.capitalize() for word in key.split("_")
    )


def _output(key: str, value: Any, spec: Trigger | Action | Search | None = None) -> Output:
    noun = "Job" if isinstance(spec, Action) else spec.noun if spec else ""
    inside = value[0] if isinstance(value, list | tuple) and value else value
    rows = inside.items() if isinstance(inside, Mapping) else ()
    primary = spec is not None and key == "id"
    is_time = key == "at" or key.endswith("_at")
    return Output(
        key=key,
        label=f"{noun} ID" if primary else label(key),
        kind="datetime" if is_time else KINDS.get(type(value), "text"),
        sample=value,
        primary=primary,
        members=[_output(name, each) for name, each in rows],
    )
