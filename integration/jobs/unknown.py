"""Unknown: what a person looks for at the provider who decides about a text of unknown outcome."""

from itertools import takewhile

from integration.jobs.record import Job, starts_ms
from integration.kernel import times
from integration.kernel.catalog import dashed

LEFT = ("unknown", "asking")
"""Outcomes of attempts after which nobody knows whether the text has left."""


def look_for(job: Job) -> str:
    """Where, for what and from when to when, in one sentence."""
    begin, end = _between(job)
    number = f" to {job.input['phone']}" if job.input.get("phone") else ""
    return (
        f"Look at what the account of {job.connection} at {dashed(job.provider)} has sent{number}"
        f" between {begin[:19]}Z and {end[:19]}Z."
    )


def _between(job: Job) -> tuple[str, str]:
    """When its last call was made, at the earliest and at the latest."""
    open_ones = [*takewhile(lambda each: each["outcome"] in LEFT, reversed(job.attempts))]
    known = job.attempts[: len(job.attempts) - len(open_ones)]
    asked = times.from_ms(int(max(job.created_ms, starts_ms(job.input))))
    begin = max(asked, known[-1]["at"]) if known else asked
    return begin, open_ones[-1]["at"] if open_ones else times.from_ms(job.updated_ms)
