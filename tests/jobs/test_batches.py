"""The status and the message of a batch, from those of its jobs."""

from __future__ import annotations

import pytest

from integration.jobs import batches
from integration.jobs.record import Job


def jobs(*statuses: str, message: str = "It broke.") -> list[Job]:
    return [
        Job(
            id=f"job_{place}",
            workspace="ws",
            action="send_sms",
            status=status,
            input={},
            connection="conn",
            provider="pairfon",
            created_ms=0,
            updated_ms=0,
            first_ms=0,
            message=message,
            batch_id="bat_1",
            segments=1,
            equal="",
        )
        for place, status in enumerate(statuses)
    ]


@pytest.mark.parametrize(
    ("statuses", "status", "message"),
    [
        (("sending", "queued", "scheduled", "failed"), "sending", None),
        (("queued", "scheduled", "sent"), "queued", "1 of 3 sent; 1 queued; 1 scheduled."),
        (("scheduled", "cancelled"), "scheduled", "0 of 2 sent; 1 scheduled; 1 cancelled."),
        (("sent", "delivered"), "sent", "2 of 2 sent."),
        (("delivered", "delivered"), "sent", "2 of 2 sent."),
        (("failed", "failed"), "failed", "0 of 2 sent; 2 failed: It broke."),
        (("unknown", "unknown"), "unknown", "0 of 2 sent; 2 unknown: It broke."),
        (("cancelled", "cancelled"), "cancelled", "0 of 2 sent; 2 cancelled."),
        (("delivered", "failed"), "partial", "1 of 2 sent; 1 failed: It broke."),
        (("cancelled", "failed"), "partial", "0 of 2 sent; 1 cancelled; 1 failed: It broke."),
        (("sent", "unknown"), "partial", "1 of 2 sent; 1 unknown: It broke."),
    ],
)
def test_a_batch_is_what_its_jobs_are(
    statuses: tuple[str, ...], status: str, message: str | None
) -> None:
    assert batches.status(jobs(*statuses)) == status
    assert message in (None, batches.message(jobs(*statuses)))


def test_a_message_is_short_enough_to_be_shown() -> None:
    said = batches.message(jobs("failed", message="x" * 300) + jobs("failed", message="y" * 300))
    assert len(said) == 250


def test_the_ids_of_its_jobs_follow_from_its_own() -> None:
    batch = batches.new_id(100)
    ids = batches.job_ids(batch)
    assert len(set(ids)) == 100
    assert batches.job_ids(batch) == ids
    assert not {*ids} & {*batches.job_ids(batches.new_id(100))}


@pytest.mark.parametrize("name", ["", "bat_", "bat_zz", "job_5f2c1a9b7d3e4f60a1b2c3d4"])
def test_what_is_no_batch_has_no_jobs(name: str) -> None:
    assert batches.job_ids(name) == []
