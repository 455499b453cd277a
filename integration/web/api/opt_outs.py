"""Opt-outs over HTTP: listed, exported, added, imported, lifted, and the rules of the workspace."""

import heapq
from collections.abc import Iterator, Mapping
from typing import Any

from flask import Blueprint

from integration.kernel import opt_out_words
from integration.kernel.common_fields import connection, sender
from integration.kernel.errors import InvalidInput
from integration.kernel.fields import Choice, Flag, blank
from integration.kernel.opt_out_inputs import LiftInput, RulesInput
from integration.opt_outs import by_hand, register, wanted
from integration.opt_outs.wanted import Rules
from integration.opt_outs.wish import Wish, shown
from integration.web.api import opt_out_rows
from integration.web.core import paging, reading, trail
from integration.web.core.answers import Reply, as_json, page
from integration.web.core.current import require, services, workspace
from integration.web.core.paging import PageInput

routes = Blueprint("opt_outs", __name__, url_prefix="/v1/opt-outs")
SUBJECT = "opt-outs"


class ListInput(PageInput):
    phone = sender("Only wishes of this number.")
    connection = connection("Only of texts to this connection; leave empty for all.")
    out = Flag(
        label="Out",
        help="true for people who opted out, false for those who opted in again.",
        sample="true",
    )
    format = Choice(
        choices={"json": "JSON", "csv": "CSV"},
        label="Format",
        help="csv gives the whole list as a table.",
        sample="csv",
    )


@routes.get("")
def every() -> Reply:
    require("texts")
    given = reading.load(ListInput, reading.query())
    if given.get("format") == "csv":
        named = {"Content-Disposition": 'attachment; filename="opt-outs.csv"'}
        return Reply(table(given).encode(), mimetype="text/csv; charset=utf-8", headers=named)
    limit, start = paging.of(given)
    found = heapq.nsmallest(start + limit + 1, _found(given), key=_newest_first)
    more = paging.cursor(start + limit if len(found) > start + limit else None)
    return page([shown(each) for each in found[start : start + limit]], more)


def table(given: Mapping[str, Any]) -> str:
    """All wishes that fit, as CSV."""
    require("texts")
    return opt_out_rows.written(sorted(_found(given), key=_newest_first))


def _found(given: Mapping[str, Any]) -> Iterator[Wish]:
    for each in register.listed(services(), workspace(), given.get("phone", "")):
        if given.get("connection", each.connection) != each.connection:
            continue
        if given.get("out", each.out) == each.out:
            yield each


def _newest_first(wish: Wish) -> tuple[int, str, str, str]:
    return -wish.at_ms, wish.phone, wish.connection, wish.sender


@routes.post("")
def add() -> Reply:
    """One person, several under one `phone`, `rows`, or a table."""
    left, many = 0, True
    if reading.mimetype() == opt_out_rows.CSV:
        reading.check_coding()
        found, left = opt_out_rows.entries(_table(reading.raw_body()))
    else:
        body = reading.body()
        many = "rows" in body
        found, left = opt_out_rows.entries(_rows(body)) if many else (opt_out_rows.entry(body), 0)
    changed = by_hand.add(services(), found)
    trail.note("opt-outs.imported" if many else "opt-outs.added", SUBJECT, _people(len(found)))
    return as_json({"numbers": len(found), "changed": changed, "skipped": left})


def _table(raw: bytes) -> list[dict[str, str]]:
    """The rows of a table; `connection` in the query takes the place of what they name."""
    rows, instead = opt_out_rows.of_csv(raw), reading.query().get("connection")
    return [{**each, "connection": instead} for each in rows] if instead else rows


def _rows(body: Mapping[str, Any]) -> list[Any]:
    rows = body["rows"]
    if isinstance(rows, list) and rows and len(body) == 1:
        return rows
    sentence = 'rows is a list of objects, such as [{"phone": "+14155550123"}], and stands alone.'
    raise InvalidInput(sentence, errors={"rows": [sentence]})


@routes.delete("")
def lift() -> Reply:
    """Somebody wants texts again, as an operator says; from the query or the body."""
    given = reading.load(LiftInput, {**reading.query(), **reading.body()})
    chosen = register.homes(services(), workspace(), given.get("connection", ""))
    said = given.get("sender", ""), given["reason"]
    changed = by_hand.lift(services(), chosen, given["phone"], *said)
    if changed:
        trail.note("opt-outs.lifted", SUBJECT, _people(1))
    return as_json({"numbers": 1, "changed": changed, "skipped": 0})


def _people(count: int) -> str:
    return f"{count} number{'s' * (count != 1)}"


@routes.get("/rules")
def rules() -> Reply:
    return as_json(_shown(wanted.stored(services().db, workspace())))


@routes.patch("/rules")
def change_rules() -> Reply:
    """What is left out stays as it is; an empty list of words brings the usual ones back."""
    body = reading.body()
    given = reading.load(RulesInput, body)
    if "stop_words" in body and blank(body["stop_words"]):
        given["stop_words"] = []
    known = wanted.stored(services().db, workspace())
    on, words = given.get("enabled", known.on), tuple(given.get("stop_words", known.stop))
    changed = wanted.store(services().db, workspace(), on=on, stop=words)
    said = f"{'on' if changed.on else 'off'}, {', '.join(changed.stop) or 'the usual words'}"
    trail.note("opt-outs.rules-changed", SUBJECT, said)
    return as_json(_shown(changed))


def _shown(found: Rules) -> dict[str, Any]:
    return {
        "enabled": found.on,
        "stop_words": list(found.stop),
        "usual_words": {name: list(words) for name, words in opt_out_words.STOP.items()},
        "start_words": [*opt_out_words.START, *opt_out_words.YES],
    }
