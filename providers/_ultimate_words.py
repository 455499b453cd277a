"""The family's objects as our records, under the named assumptions of docs/providers.md."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from integration.kernel.errors import ProviderUnavailable, WebhookUnreadable
from integration.kernel.events import Account, Contact, Group, Receipt, Unreadable
from integration.kernel.senders import named
from integration.kernel.signs import tail
from providers._reading import filled, items, moment, parted, rows, status, unreadable, whole

RECEIPT_WRAPPERS = ("data", "receipts", "receipt", "messages", "message")
MESSAGE_ID = ("message_id", "messageId", "uid", "id")

# ASSUMED_PROFILE_SHAPE: only "account info, balance, and policy metadata" is documented. The record
# takes only these members: stock installations put an API token into a profile.
SHOWN = ("uid", "email", "status", "plan", "currency", "timezone", "limits", "policy", "expired_on")
NAMES = ("name", "company", "business_name", "email", "username")
BALANCE = (
    *("balance", "remaining_balance", "remaining_unit", "sms_unit"),
    *("units", "credit", "credits", "remaining"),
)
SENDERS = ("sender_ids", "senderids", "senders", "sender_id")
ID_PATHS = ("message_id", "data.message_id", "data.uid", "uid", "data.id")
MOST_PAGES = 400
"""Pages at most. Beyond them the reading fails: an incomplete list must not look complete."""
_WRAPPERS = ("data", "contacts", "contact_groups", "groups")
_META = ("data", "meta", "pagination", "links")

Get = Callable[[Mapping[str, Any]], Any]
"""Calls the listing with these parameters and returns its answer."""


def listed(get: Get, asked: Mapping[str, Any], label: str) -> Iterator[dict[str, Any]]:
    """Every row of a listing, each once.

    ASSUMED_PAGING: `page` counts from 1, and the answer names the last page as a Laravel paginator
    does. Otherwise the first page without new rows is the end.
    """
    seen: set[str] = set()
    for page in range(1, MOST_PAGES + 1):
        answer = get({**asked, "page": page})
        fresh = [row for row in rows(answer, label, *_WRAPPERS) if _name(row) not in seen]
        seen.update(_name(row) for row in fresh)
        yield from fresh
        last = _last_page(answer, len(_META))
        if not fresh or (last is not None and page >= last):
            return
    raise ProviderUnavailable(f"{label} lists more than {MOST_PAGES} pages; name a smaller group.")


def _name(row: Mapping[str, Any]) -> str:
    return filled(row, "uid", "id") or repr(sorted(row.items(), key=str))


def _last_page(answer: Any, depth: int) -> int | None:
    if not isinstance(answer, dict) or not depth:
        return None
    for name in ("last_page", "total_pages", "pages"):
        if name in answer:
            return whole(answer[name], 1)
    inner = (_last_page(answer.get(name), depth - 1) for name in _META)
    return next((each for each in inner if each is not None), None)


def at(data: Any, path: str) -> str | None:
    """Returns the text at a dotted path, or None."""
    *way, last = path.split(".")
    for step in way:
        data = data.get(step) if isinstance(data, dict) else None
    return filled(data, last) if isinstance(data, dict) else None


def message_id(data: Any, path: str) -> str | None:
    """Returns the id of a sent message: from the preset's path, or from where relatives have it."""
    return next(filter(None, (at(data, each) for each in (path, *ID_PATHS))), None)


def receipts(body: Any) -> list[Receipt]:
    """The receipts of a webhook body; raises WebhookUnreadable where it cannot read one of them."""
    read, left = parted(map(_receipt, items(body, RECEIPT_WRAPPERS)))
    if left:
        raise WebhookUnreadable(
            "This webhook holds something without a message_id or a status.",
            read=read,
            left=left,
        )
    return read


def _receipt(item: Any) -> Receipt | Unreadable:
    known = item if isinstance(item, dict) else {}
    number, raw = filled(known, *MESSAGE_ID), filled(known, "status")
    if number is None or raw is None:
        return unreadable(item, "A receipt has no message_id or no status.")
    failed = status(raw) == "failed"
    return Receipt(
        provider_id=number,
        status=status(raw),
        raw=raw,
        # A receipt without a time counts as new: its status is worth more than its time.
        at=moment(filled(known, "timestamp", "time", "date")) or datetime.now(UTC),
        reason=filled(known, "reason", "error") or (tail(raw) if failed else "") or None,
    )


def group(row: Mapping[str, Any]) -> Group:
    number = filled(row, "uid", "id", "group_uid") or ""
    return Group(id=number, name=filled(row, "name") or number)


def contact(row: Mapping[str, Any], group_id: str | None, region: str | None) -> Contact:
    """A contact; stock products give the phone as a JSON number and the names as custom fields."""
    inner = row.get("custom_fields")
    every = {**(inner if isinstance(inner, dict) else {}), **row}
    known = {str(name).lower(): value for name, value in every.items()}
    return Contact(
        id=filled(known, "uid", "id") or "",
        phone=named(filled(known, "phone") or "", region, plain=True),
        group_id=filled(known, "group_uid", "group_id", "contact_group_uid") or group_id,
        first_name=filled(known, "first_name"),
        last_name=filled(known, "last_name"),
    )


def account(profile: Any, label: str) -> Account:
    known = _inner(profile)
    full_name = " ".join(
        filter(None, (filled(known, each) for each in ("first_name", "last_name")))
    )
    details = {name: known[name] for name in SHOWN if known.get(name) not in (None, "")}
    name = filled(known, *NAMES[:3]) or full_name or filled(known, *NAMES[3:])
    return Account(
        label=f"{label} ({name})" if name else label, balance=balance(profile), details=details
    )


def balance(answer: Any) -> str | None:
    """A balance as text, from a number, a text, or an object that holds one of them."""
    known = _inner(answer)
    inner = known.get("balance")
    return filled(inner, *BALANCE) if isinstance(inner, dict) else filled(known, *BALANCE)


def senders(profile: Any) -> list[str]:
    """ASSUMED_PROFILE_SENDERS: a profile lists sender ids, if at all, under one of SENDERS."""
    known = _inner(profile)
    listed: Any = next((known[name] for name in SENDERS if known.get(name)), [])
    every = listed if isinstance(listed, list) else [listed]
    named = [each if isinstance(each, dict) else {"name": each} for each in every]
    found = (filled(each, "sender_id", "name", "value") for each in named)
    return [each for each in found if each]


def _inner(answer: Any) -> Mapping[str, Any]:
    data = answer.get("data", answer) if isinstance(answer, dict) else {}
    return data if isinstance(data, dict) else {"balance": data}
