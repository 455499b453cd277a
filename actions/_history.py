"""What a text or a picture leaves in a provider's history, where its answer was lost."""

from datetime import datetime

from integration.kernel import senders
from integration.kernel.capabilities import HasHistory
from integration.kernel.events import HistoryRow, Sent, Trace
from integration.kernel.folding import alike, folded
from integration.kernel.specs import Values


def traces(provider: HasHistory, values: Values, since: datetime, *, pictures: bool) -> list[Trace]:
    """Rows that this message may have left, oldest first.

    Of two unanswered jobs with one text, the earlier job must take the earlier row. If it took the
    later one, the later job would find no row of its own time and send its text again.
    """
    rows = provider.history(
        device_fingerprint=values.get("device_fingerprint"), phone=values["phone"], since=since
    )
    left = sorted((row for row in rows if _left(row, values, since)), key=lambda row: row.at)
    return [_trace(row, values, pictures=pictures) for row in left]


def shown(values: Values) -> str:
    """What a row shows of a message; its number need not be spelt as ours."""
    return f"{values['phone']} {folded(values.get('message') or '')}"


def _trace(row: HistoryRow, values: Values, *, pictures: bool) -> Trace:
    facts = {"device_fingerprint": values.get("device_fingerprint"), "sim_slot": row.sim_slot}
    known = {name: value for name, value in facts.items() if value}
    # Another SIM, or a word that is no direction we know: it may be ours all the same.
    other_sim = row.sim_slot not in (None, values.get("sim_slot") or row.sim_slot)
    same = folded(row.message) == folded(values.get("message") or "")
    # Where a phone takes no pictures, some providers send it a link in place of one.
    other_kind = bool(row.media) != pictures
    return Trace(
        sent=Sent(provider_id=row.provider_id or None, result=known),
        status=row.status,
        shown=shown({"phone": values["phone"], "message": row.message}),
        doubtful=not same or other_sim or other_kind or row.direction != "outbound",
    )


def _left(row: HistoryRow, values: Values, since: datetime) -> bool:
    # A provider that writes whole seconds dates a row before the moment of the call.
    if row.direction == "inbound" or row.at < since.replace(microsecond=0):
        return False
    # A history that was asked for one number need not repeat it in each row.
    same_number = not row.phone or senders.could_be(row.phone, values["phone"])
    return same_number and alike(row.message, values.get("message") or "")
