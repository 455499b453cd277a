"""httpSMS's lists: phones, heartbeats, webhooks, and the messages of a phone with one contact."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from itertools import count
from typing import Any

from providers._httpsms_walk import PAGE, goes_on
from providers._reading import filled, moment, rows

MOST_PAGES = 100
"""Of a list that no time ends: 2,000 rows with one number."""
Row = dict[str, Any]


class Lists:
    """The lists of one account. `ask` takes a path and parameters, and returns the answer."""

    def __init__(self, ask: Callable[[str, Mapping[str, Any]], Any], label: str) -> None:
        self._ask, self._label = ask, label

    def page(self, path: str, asked: Mapping[str, Any]) -> list[Row]:
        return rows(self._ask(path, asked), self._label, "data")

    def phones(self) -> list[Row]:
        return [each for each in self._all("/phones") if number_of(each)]

    def numbers(self) -> list[str]:
        return [number_of(each) for each in self.phones()]

    def phone(self, number: str) -> Row:
        """The phone with this number, an empty object where the account has no such phone."""
        return next((each for each in self.phones() if number_of(each) == spelt(number)), {})

    def webhooks(self) -> list[Row]:
        return list(self._all("/webhooks"))

    def seen(self, phone: Row) -> datetime | None:
        """When the phone reported last."""
        asked = {"owner": number_of(phone), "skip": 0, "limit": 1}
        found = self.page("/heartbeats", asked)
        return moment(found[0].get("timestamp")) if found else None

    def texts(self, owner: str | None, phone: str, since: datetime | None) -> Iterator[Row]:
        """The messages of one phone with one number, or of all phones, each newest first."""
        for each in [spelt(owner)] if owner else self.numbers():
            for number in count() if since else range(MOST_PAGES):
                asked = {"owner": each, "contact": phone, "skip": number * PAGE, "limit": PAGE}
                found = self.page("/messages", asked)
                yield from found
                if not goes_on(found, since):
                    break

    def _all(self, path: str) -> Iterator[Row]:
        for number in range(MOST_PAGES):
            found = self.page(path, {"skip": number * PAGE, "limit": PAGE})
            yield from found
            if len(found) < PAGE:
                return


def number_of(phone: Row) -> str:
    return filled(phone, "phone_number") or ""


def spelt(number: str) -> str:
    """An own number as httpSMS has it; a plus may have got lost in an address."""
    digits = number.strip()
    return f"+{digits}" if digits.isdecimal() else digits
