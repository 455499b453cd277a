"""Low balance: fires once each time an account's balance falls below an amount."""

from typing import Any

from integration.kernel import common_fields
from integration.kernel.events import BALANCE, Event
from integration.kernel.fields import Inputs, Number
from integration.kernel.specs import Trigger, Values

USUAL = 10
MOST = 1_000_000_000
SAMPLE: Event = {
    "id": "bal_k4x2mq7vb3nd5wz6tj2yh4re7a",
    "connection": common_fields.CONNECTION,
    "provider": "cloud-messaging",
    "account": "Amy's Office",
    "balance": 9.5,
    "previous_balance": 10.5,
    "changed_at": "2026-01-31T09:00:00Z",
}


class BalanceFilters(Inputs):
    threshold = Number(
        least=0,
        most=MOST,
        load_default=USUAL,
        label="Threshold",
        help="Fires when the balance falls below this, in your provider's unit; 10 if left empty.",
        sample="10",
    )
    connection = common_fields.connection(
        "Only the account of this connection; leave empty for all."
    )


def wants(event: Event, filters: Values) -> bool:
    if "connection" in filters and event.get("connection") != filters["connection"]:
        return False
    threshold = filters.get("threshold", USUAL)
    return _below(event.get("balance"), threshold) and not _below(
        event.get("previous_balance"), threshold
    )


def _below(balance: Any, threshold: int) -> bool:
    return isinstance(balance, int | float) and balance < threshold


TRIGGER = Trigger(
    key="low_balance",
    noun="Account",
    label="Low Balance",
    description="Triggers when your account's balance falls below an amount you choose.",
    inputs=BalanceFilters,
    wants=wants,
    sample=SAMPLE,
    kind=BALANCE,
)
