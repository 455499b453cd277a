"""A person, as the records of others name them: by a number in any spelling."""

import re

import phonenumbers

from integration.kernel import recipients
from integration.kernel.errors import InvalidInput

NATIONAL = 9
"""Digits of a number without its country code, from which on it is taken for the person's."""
NUMBER = re.compile(r"\+?[0-9][0-9 ().\-/]{5,}[0-9]")


class Person:
    """A number, in any spelling that a send takes, and how it is found in records."""

    def __init__(self, number: str, region: str | None = None) -> None:
        try:
            self.digits = recipients.read(number, region).removeprefix("+")
        except ValueError as error:
            raise InvalidInput(str(error)) from error
        known = recipients.parsed(f"+{self.digits}", None)
        national = phonenumbers.national_significant_number(known) if known else self.digits
        self.national = min(NATIONAL, len(national))
        self.spellings = (
            *(f"+{self.digits}", self.digits, f"00{self.digits}"),
            *(national, f"0{national}"),
        )

    def is_in(self, text: str) -> bool:
        """Whether a text names the number, in any spelling that has its country code, or nine
        digits of it, or all where it has fewer."""
        return any(self._is(each) for each in NUMBER.findall(text))

    def _is(self, written: str) -> bool:
        found = re.sub(r"\D", "", written)
        if written.startswith("+"):
            return found == self.digits
        found = found.lstrip("0")
        return len(found) >= self.national and self.digits.endswith(found)
