"""What httpSMS refuses: wrong fields, in its sentences, and pages that it does not show."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Any

from sandbox.accounts import Account
from sandbox.httpsms_state import EVENTS

LONGEST_TEXT, LONGEST_NAME, MOST_FILES = 2048, 255, 10
OWN = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)
CONTACT = re.compile(r"\+?\d{2,15}", re.ASCII)
NO_NUMBER = (
    "The {} field must be a valid E.164 phone number in the international format e.g +18005550100"
)
NO_CONTACT = "The {} field must contain only digits and must be less than 14 characters"
NO_PHONE = (
    "no phone found with with 'from' number [{}]."
    " install the android app on your phone to start sending messages"
)
UNSURE = "could not validate 'from' number [{}], please try again later"
FOREIGN = (
    "The phone number [{}] is not available in your account. Install the android app on your phone"
    " to store a webhook with this phone number"
)


class Invalid(Exception):
    """A request with wrong fields; httpSMS answers it with 422 and sentences by field."""

    def __init__(self, what: str, fields: Mapping[str, list[str]]) -> None:
        super().__init__(what)
        self.what, self.fields = what, fields


def message(account: Account, given: dict[str, Any]) -> dict[str, Any]:
    """The text that a send asks for, with the `phone` that sends it."""
    usual = {"attachments": [], "request_id": "", "encrypted": False, "content": ""}
    found = {**usual, **given}
    found |= {"to": _address(given.get("to")), "from": _address(given.get("from"))}
    wrong: dict[str, list[str]] = {}
    if not CONTACT.fullmatch(found["to"]):
        wrong["to"] = [NO_CONTACT.format("to")]
    if not OWN.fullmatch(found["from"]):
        wrong["from"] = [NO_NUMBER.format("from")]
    if not found["content"]:
        wrong["content"] = ["The content field is required"]
    if len(found["content"]) > LONGEST_TEXT:
        wrong["content"] = [f"The content field must be maximum {LONGEST_TEXT} char"]
    if len(found["request_id"]) > LONGEST_NAME:
        wrong["request_id"] = [f"The request_id field must be maximum {LONGEST_NAME} char"]
    if lines := _attachments(found["attachments"]):
        wrong["attachments"] = lines
    if not wrong:
        phones = account.state.phones.values()
        found["phone"] = next((e for e in phones if e["phone_number"] == found["from"]), None)
        if found["phone"] is None:
            wrong["from"] = [line.format(found["from"]) for line in (NO_PHONE, UNSURE)]
    return _right("sending message", wrong, found)


def _attachments(given: list[Any]) -> list[str]:
    if len(given) > MOST_FILES:
        return [f"The attachments field must be maximum {MOST_FILES} in size"]
    return [
        f"The attachment {place} with URL [{each}] must be a valid URL"
        " e.g https://placehold.co/600x400"
        for place, each in enumerate(given)
        if not str(each).startswith(("https://", "http://"))
    ]


def webhook(account: Account, given: dict[str, Any], what: str) -> dict[str, Any]:
    """What a call says of a webhook."""
    usual: dict[str, Any] = {"url": "", "events": [], "phone_numbers": [], "signing_key": ""}
    found = {name: given.get(name) or each for name, each in usual.items()}
    wrong: dict[str, list[str]] = {}
    if not found["url"].startswith(("http://", "https://")):
        wrong["url"] = ["The url field format is invalid"]
    if len(found["url"]) > LONGEST_NAME:
        wrong["url"] = [f"The url field must be maximum {LONGEST_NAME} char"]
    strange = sorted(set(found["events"]) - EVENTS)
    if strange:
        wrong["events"] = [f"The events field has an invalid event with name [{strange[0]}]"]
    for name in ("events", "phone_numbers"):
        if not found[name]:
            wrong[name] = [f"The {name} field is required"]
    own = [each["phone_number"] for each in account.state.phones.values()]
    foreign = [each for each in found["phone_numbers"] if each not in own]
    if foreign and not wrong:
        wrong["from"] = [FOREIGN.format(each) for each in foreign]
    return _right(what, wrong, found)


def owner(asked: Mapping[str, str]) -> str:
    """The own number that a list is asked for."""
    found = _address(asked.get("owner"))
    wrong = {} if OWN.fullmatch(found) else {"owner": [NO_NUMBER.format("owner")]}
    _right("fetching messages", wrong, {})
    return found


def number(given: Mapping[str, Any]) -> str:
    """That of a phone which the app signs in."""
    found = _address(given.get("phone_number"))
    wrong = {} if OWN.fullmatch(found) else {"phone_number": [NO_NUMBER.format("phone_number")]}
    _right("updating phones", wrong, {})
    return found


def uuid4(given: str, name: str, what: str) -> None:
    try:
        uuid.UUID(given)
    except ValueError as error:
        raise Invalid(what, {name: [f"The {name} field must contain valid UUID"]}) from error


def page(every: list[dict[str, Any]], asked: Mapping[str, str], most: int) -> list[dict[str, Any]]:
    """The rows that are asked for. Without a `limit`, webhooks have one and the others have ten."""
    limit = asked.get("limit") or ("1" if most > 20 else "10")
    skip = asked.get("skip") or "0"
    wrong: dict[str, list[str]] = {}
    if not limit.isdecimal() or not 1 <= int(limit) <= most:
        wrong["limit"] = [f"The limit field must be numeric value between 1 and {most}"]
    if not skip.isdecimal():
        wrong["skip"] = ["The skip field must be numeric"]
    _right("fetching", wrong, {})
    return every[int(skip) : int(skip) + int(limit)]


def _right(what: str, wrong: Mapping[str, list[str]], found: dict[str, Any]) -> dict[str, Any]:
    if wrong:
        raise Invalid(what, wrong)
    return found


def _address(given: Any) -> str:
    """A number as httpSMS puts it right: a plus before ten digits or more, none lost in a query."""
    found = str(given or "")
    found = f"+{found[1:]}" if found.startswith(" ") else found.strip()
    return f"+{found}" if found.isdecimal() and len(found) > 9 else found
