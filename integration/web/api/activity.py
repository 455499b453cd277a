"""Activity: the feed of a workspace over HTTP."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint

from integration.activity import feed, rows, sources, way
from integration.activity.rows import Row
from integration.activity.wanted import Wanted
from integration.jobs import ledger
from integration.kernel.errors import InvalidInput
from integration.kernel.feed_query import DIRECTIONS, FeedInput, WayInput
from integration.kernel.times import parse_strict
from integration.web.core import reading, rights
from integration.web.core.answers import Reply, as_json
from integration.web.core.current import services, workspace

routes = Blueprint("activity", __name__, url_prefix="/v1")


@routes.get("/activity")
def every() -> Reply:
    return as_json(listed(reading.query()))


def listed(query: Mapping[str, Any]) -> dict[str, Any]:
    """One page of the feed as the caller may see it; `query` is read as a FeedInput."""
    given = reading.load(FeedInput, query)
    wanted = filters(given)
    if "newer_than" in given:
        return _since(wanted, given["newer_than"])
    # Read first: what comes while the page is read counts as new.
    newest = feed.heads(services(), workspace())
    below = _place(given["cursor"]) if "cursor" in given else None
    found = feed.page(services(), workspace(), wanted, given["limit"], below)
    following = found.following.written() if found.following else None
    return _answer(found.rows, newest, following=following)


@routes.get("/activity/<row_id>")
def look(row_id: str) -> Reply:
    """The whole way of one row."""
    return as_json(whole(row_id, reading.load(WayInput, reading.query()).get("at")))


def whole(row_id: str, at: str | None) -> dict[str, Any]:
    """The way of a row as the caller may see it; `at` is its time, by which an old one is found."""
    found = way.of(services(), workspace(), row_id, _ms(at) if at else None)
    near = found.near
    return {
        "row": shown(found.row),
        "event": rights.row(found.event) if found.event else None,
        "channels": found.channels,
        "alike": found.alike,
        "deliveries": list(found.deliveries),
        "job": rights.job(ledger.shown(found.job)) if found.job else None,
        "before": shown(near.before) if near.before else None,
        "after": [shown(each) for each in near.after],
    }


def filters(given: Mapping[str, Any]) -> Wanted:
    """What a query of FeedInput asks for."""
    same = ("status", "connection", "hook", "phone", "q")
    return Wanted(
        directions=given.get("direction") or tuple(DIRECTIONS),
        since_ms=_ms(given["since"]) if "since" in given else 0,
        until_ms=_ms(given["until"]) if "until" in given else None,
        sees_texts=rights.sees_texts(),
        **{name: given[name] for name in same if name in given},
    )


def shown(row: Row) -> dict[str, Any]:
    """The row as the caller may see it."""
    return rights.row(row.shown())


def _answer(
    found: Sequence[Row], newest: str, *, following: str | None = None, more: bool = False
) -> dict[str, Any]:
    data = [shown(row) for row in found]
    return {"data": data, "next_cursor": following, "newest": newest, "more": more}


def _since(wanted: Wanted, before: str) -> dict[str, Any]:
    if not sources.HEADS.fullmatch(before):
        raise _foreign("newer_than", "newest of an answer before")
    found = feed.since(services(), workspace(), wanted, before)
    return _answer(found.rows, found.heads, more=found.more)


def _place(text: str) -> rows.Place:
    found = rows.place(text)
    if found is None:
        raise _foreign("cursor", "next_cursor of the page before")
    return found


def _foreign(name: str, mend: str) -> InvalidInput:
    sentence = f"This {name} is not one of ours; use {mend}."
    return InvalidInput(sentence, errors={name: [sentence]})


def _ms(moment: str) -> int:
    return max(0, int(parse_strict(moment).timestamp() * 1000))
