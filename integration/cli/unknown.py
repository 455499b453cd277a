"""`hookline unknown list`: each text of unknown outcome, and what to look for."""

from collections.abc import Mapping, Sequence
from typing import Any

NONE = "The outcome of every text is known."


def shown(jobs: Sequence[Mapping[str, Any]]) -> str:
    return "\n".join(map(_told, jobs)) or NONE


def _told(job: Mapping[str, Any]) -> str:
    number, said = (
        job["input"].get("phone") or "-",
        " ".join(job["input"].get("message", "").split()),
    )
    return f"{job['id']}  {job['created_at'][:19]}Z  {number}  {said}\n    {job['look_for']}"
