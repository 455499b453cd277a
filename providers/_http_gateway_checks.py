"""Checks of a gateway's settings, each with the sentence of what is wrong."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import ValidationError

from integration.kernel.events import RECEIPT_STATUSES
from providers._http_gateway_lines import (
    ACCOUNT,
    CONDITIONS,
    IN_ADDRESS,
    OF_TEXT,
    PLACEHOLDERS,
    Line,
    check,
    lines,
    tree,
)
from providers._http_gateway_presets import part, rows

_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}")


def checked(read: Callable[[str], object]) -> Callable[[str], None]:
    """A validator of the sentence that `read` raises."""

    def validate(text: str) -> None:
        try:
            read(text)
        except ValueError as error:
            raise ValidationError(str(error)) from error

    return validate


def parameters(text: str) -> None:
    for each in lines(text):
        check(each.value, PLACEHOLDERS, f"The parameter {each.name}")


def headers(text: str) -> None:
    for each in lines(text):
        if not _HEADER.fullmatch(each.name):
            raise ValueError("Give one NAME=VALUE on each line; a header's name has no blanks.")
        check(each.value, IN_ADDRESS, f"The header {each.name}")


def path(text: str) -> None:
    if not text.startswith("/") or re.search(r"[\s?#]", text):
        raise ValueError("A path starts with / and has no blanks, ? or #.")
    check(text, IN_ADDRESS, "The path")


def check_path(text: str) -> None:
    path(text)
    check(text, ACCOUNT, "The path")


def query(text: str) -> None:
    if re.search(r"[\s#]", text):
        raise ValueError("Give NAME=VALUE&NAME=VALUE without blanks or #.")
    check(text, frozenset({"ref"}), "The query")


def named(known: tuple[str, ...]) -> Callable[[str], None]:
    def read(text: str) -> None:
        if any(each.name not in known for each in lines(text)):
            raise ValueError(f"The names before = are {', '.join(known)}.")

    return read


def words(text: str) -> None:
    if any(each.value not in (*RECEIPT_STATUSES, "") for each in lines(text)):
        raise ValueError(f"After = stands one of {', '.join(RECEIPT_STATUSES)}.")


def header(text: str) -> None:
    if not _HEADER.fullmatch(text):
        raise ValueError("A header's name has no blanks.")


def fit_parameters(given: Mapping[str, Any]) -> None:
    found = rows(given, "parameters")
    sending = Line(name="path", value=part(given, "path"))
    used = set().union(*(each.places for each in [*found, sending]))
    if not used & {"to", "to_digits"} or not used & OF_TEXT:
        raise ValidationError("They need {to} or {to_digits}, and {text}.", "parameters")
    if part(given, "send_as") == "json":
        try:
            tree(found, dict.fromkeys((*PLACEHOLDERS, *(f"={each}" for each in CONDITIONS)), "1"))
        except ValueError as error:
            raise ValidationError(str(error), "parameters") from error
