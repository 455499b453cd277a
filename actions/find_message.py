"""Find message: in the history with one number, newest first."""

from typing import Any

from integration.kernel import common_fields, senders, times
from integration.kernel.capabilities import HasHistory
from integration.kernel.events import HistoryRow
from integration.kernel.fields import Choice, Inputs
from integration.kernel.folding import uncased
from integration.kernel.specs import Search, Values


class FindMessageInputs(Inputs):
    phone = common_fields.sender(
        "The other side's number or sender name.", required=True, aliases=common_fields.TO
    )
    device_fingerprint = common_fields.device(
        "The phone whose history to search; may be left empty where there is just one."
    )
    contains = common_fields.contains(
        "Only messages whose text contains this; upper and lower case count the same.",
        "table",
        aliases=common_fields.TEXT,
    )
    direction = Choice(
        choices={"inbound": "Received", "outbound": "Sent"},
        label="Direction",
        help="Only received or only sent messages; leave empty for both.",
        sample="outbound",
    )
    connection = common_fields.connection(common_fields.EVERY)


def run(provider: HasHistory, values: Values) -> list[dict[str, Any]]:
    device = values.get("device_fingerprint")
    history = provider.history(device_fingerprint=device, phone=values["phone"], since=None)
    return [_row(row, device, provider.region) for row in history if _fits(row, values)]


def _fits(row: HistoryRow, values: Values) -> bool:
    needle = uncased(values.get("contains", ""))
    return needle in uncased(row.message) and values.get("direction") in (None, row.direction)


def _row(row: HistoryRow, device: str | None, region: str | None) -> dict[str, Any]:
    return {
        "id": row.provider_id,
        "phone": senders.named(row.phone, region),
        "message": row.message,
        "direction": row.direction,
        "status": row.status,
        "provider_status": row.raw_status,
        "sim_slot": row.sim_slot,
        "device_fingerprint": device,
        "created_at": times.rfc3339(row.at),
    }


SEARCH = Search(
    key="find_message",
    noun="Message",
    label="Find Message",
    description="Finds messages sent to or received from a phone number.",
    inputs=FindMessageInputs,
    needs=HasHistory,
    run=run,
    rank=lambda row, _: times.newest_first(row["created_at"]),
    sample={
        "id": "1",
        "phone": "+14155550123",
        "message": "Your table is ready.",
        "direction": "outbound",
        "status": "delivered",
        "provider_status": "delivered",
        "sim_slot": common_fields.SIM,
        "device_fingerprint": common_fields.DEVICE,
        "created_at": "2026-01-31T09:00:00Z",
    },
)
