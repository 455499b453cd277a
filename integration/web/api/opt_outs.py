"""Opt-outs over HTTP: listed, exported, added, imported, lifted, and the rules of the workspace."""

import heapq
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from flask import Blueprint
from marshmallow import validate

from integration.kernel import opt_out_words
from integration.kernel.common_fields import OWN, connection, sender
from integration.kernel.errors import InvalidInput
from integration.kernel.fields import Choice, Flag, SenderFilter, Word, blank
from integration.kernel.opt_out_inputs import ImportInput, LiftInput, RulesInput
from integration.kernel.opt_outs import EVERY
from integration.opt_outs import by_hand, in_order, register, wanted
from integration.opt_outs.wanted import Rules
from integration.opt_outs.wish import Wish, shown
from integration.runtime.aside import aside
from integration.web.api import opt_out_rows
from integration.web.core import paging, reading, trail
from integration.web.core.answers import Reply, as_json, page
from integration.web.core.current import require, services, workspace
from integration.web.core.paging import PageInput

routes = Blueprint("opt_outs", __name__, url_prefix="/v1/opt-outs")
SUBJECT, SKIP = "opt-outs", "skip_wrong"


RULES = {
    "enabled": "on",
    "stop_words": "stop",
    "confirm": "confirm",
    "confirm_text": "confirmed",
    "help_text": "help",
}
"""What a caller calls each rule, and its name among ours."""
TEXTS = ("stop_words", "confirm_text", "help_text")
"""Rules of which blank says that the usual one holds."""
FILTERS = ("sender", "out")
"""Those that a wish has by the same names."""


class ListInput(PageInput):
    phone = sender("Only wishes of this number.")
    ending = Word(
        label="Ending",
        help="Only numbers that end in these digits, such as the last four.",
        sample="0123",
        validate=validate.Regexp(r"[0-9]{2,15}\Z", error="Give 2 to 15 digits."),
    )
    sender = SenderFilter(
        label="Sender",
        help="Only texts from this number or name of yours.",
        sample=OWN,
    )
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
    if "phone" in given or "ending" in given:
        return _few(given)
    limit, start = given["limit"], in_order.Start(*paging.of_two(given))
    found, following = in_order.page(services(), workspace(), _fitting(given), limit, start)
    return page([shown(each) for each in found], paging.cursor_of_two(following))


def _few(given: Mapping[str, Any]) -> Reply:
    """A page of what is known of few numbers."""
    limit, start = paging.of(given)
    found = heapq.nsmallest(start + limit + 1, _found(given), key=in_order.newest_first)
    more = paging.cursor(start + limit if len(found) > start + limit else None)
    return page([shown(each) for each in found[start : start + limit]], more)


def table(given: Mapping[str, Any]) -> str:
    """All wishes that fit, as CSV. A large register takes seconds to write."""
    require("texts")
    return aside(_written, list(_found(given)))


def _written(found: Sequence[Wish]) -> str:
    return opt_out_rows.written(sorted(found, key=in_order.newest_first))


def _found(given: Mapping[str, Any]) -> Iterator[Wish]:
    named = given.get("phone", ""), given.get("ending", "")
    return filter(_fitting(given), register.listed(services(), workspace(), *named))


def _fitting(given: Mapping[str, Any]) -> Callable[[Wish], bool]:
    """Whether a wish is one of those that the filters name."""
    homes = [given["connection"], EVERY] if "connection" in given else []
    wanted = {name: given[name] for name in FILTERS if name in given}

    def fits(wish: Wish) -> bool:
        own = all(getattr(wish, name) == value for name, value in wanted.items())
        return own and (not homes or wish.connection in homes)

    return fits


@routes.post("")
def add() -> Reply:
    """One person, several under one `phone`, `rows`, or a table."""
    if reading.mimetype() == opt_out_rows.CSV:
        reading.check_coding()
        asked = {name: each for name, each in reading.query().items() if name == SKIP}
        return as_json(taken(_table(reading.raw_body()), **_skipping(asked)))
    body = reading.body()
    if "rows" in body:
        return as_json(taken(_rows(body), **_skipping({**body, "rows": None})))
    found = opt_out_rows.entry(body)
    changed = by_hand.add(services(), found)
    trail.note("opt-outs.added", SUBJECT, _people(len(found)))
    return as_json(_told(numbers=len(found), changed=changed))


def taken(rows: Sequence[Any], *, skip_wrong: bool = False) -> dict[str, Any]:
    """Import these rows. Raises InvalidInput or NotFound with the wrong ones, and takes nothing
    then, unless it is to skip them."""
    found = opt_out_rows.judged(rows)
    if not skip_wrong:
        opt_out_rows.refuse_wrong(found)
    changed, count = by_hand.add(services(), found.entries), len(found.entries)
    trail.note("opt-outs.imported", SUBJECT, _people(count))
    return _told(numbers=count, changed=changed, skipped=found.left, refused=found.wrong)


def _told(
    *, numbers: int, changed: int, skipped: int = 0, refused: Sequence[str] = ()
) -> dict[str, Any]:
    told = {"numbers": numbers, "changed": changed, "skipped": skipped}
    return told | {"refused": len(refused), "reasons": list(refused[: opt_out_rows.MOST_NAMED])}


def _skipping(given: Mapping[str, Any]) -> dict[str, bool]:
    return reading.load(ImportInput, {name: each for name, each in given.items() if name != "rows"})


def _table(raw: bytes) -> list[dict[str, str]]:
    """The rows of a table; `connection` in the query takes the place of what they name."""
    rows, instead = opt_out_rows.of_csv(raw), reading.query().get("connection")
    return [{**each, "connection": instead} for each in rows] if instead else rows


def _rows(body: Mapping[str, Any]) -> list[Any]:
    rows = body["rows"]
    if isinstance(rows, list) and rows and body.keys() <= {"rows", SKIP}:
        return rows
    sentence = (
        'rows is a list of objects, such as [{"phone": "+14155550123"}]; beside it stands'
        f" {SKIP} at most."
    )
    raise InvalidInput(sentence, errors={"rows": [sentence]})


@routes.delete("")
def lift() -> Reply:
    """Somebody wants texts again, as an operator says; from the query or the body."""
    given = reading.load(LiftInput, reading.together(reading.query(), reading.body()))
    chosen = register.homes(services(), workspace(), given.get("connection", ""))
    said = given.get("sender", ""), given["reason"]
    changed = by_hand.lift(services(), chosen, given["phone"], *said)
    if changed:
        trail.note("opt-outs.lifted", SUBJECT, _people(1))
    return as_json(_told(numbers=1, changed=changed))


def _people(count: int) -> str:
    return f"{count} number{'s' * (count != 1)}"


@routes.get("/rules")
def rules() -> Reply:
    return as_json(_shown(wanted.stored(services().db, workspace())))


@routes.patch("/rules")
def change_rules() -> Reply:
    """What is left out stays as it is; what is blank brings the usual words and texts back."""
    body = reading.body()
    given = reading.load(RulesInput, body)
    emptied = {name: "" for name in TEXTS if name in body and blank(body[name])}
    known = wanted.stored(services().db, workspace())
    named = {RULES[name]: value for name, value in {**given, **emptied}.items()}
    words = {"stop": tuple(named["stop"])} if "stop" in named else {}
    changed = wanted.store(services().db, workspace(), known._replace(**{**named, **words}))
    said = f"{'on' if changed.on else 'off'}, {', '.join(changed.stop) or 'the usual words'}"
    trail.note("opt-outs.rules-changed", SUBJECT, said)
    return as_json(_shown(changed))


def _shown(found: Rules) -> dict[str, Any]:
    return {
        "enabled": found.on,
        "stop_words": list(found.stop),
        "usual_words": {name: list(words) for name, words in opt_out_words.STOP.items()},
        "start_words": [*opt_out_words.START, *opt_out_words.YES],
        "confirm": found.confirm,
        "confirm_text": found.confirmed or wanted.CONFIRMED,
        "help_text": found.help or None,
    }
