"""`hookline activity` lists what came and went, and `hookline tail` follows it."""

import json
import shutil
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from typing import Any

from redis.exceptions import RedisError

from integration.accounts import bootstrap
from integration.cli import ending, table
from integration.cli.commands import asked
from integration.kernel.feed_query import FeedInput
from integration.services import Services
from integration.store.client import is_unable
from integration.web.api import activity

FILTERS = ("direction", "status", "connection", "hook", "phone", "q", "since", "until")
AGAIN_SECONDS = 1.0
PAGE = 200
ARROWS = {"in": "<-", "out": "->", "receipt": "ok", "delivery": "=>", "account": "::"}
WIDTHS = (20, 2, 9, 16)


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("id", nargs="?", help="the id of a row, to see its whole way")
    parser.add_argument("--limit", type=int, default=50, help="how many at most")
    tail_arguments(parser)


def tail_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--workspace", default=bootstrap.DEFAULT)
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    fields = FeedInput().fields
    for name in FILTERS:
        parser.add_argument(f"--{name}", default="", help=fields[name].metadata["help"])


def run(own: Services, given: Namespace) -> Any:
    """The newest rows that the filters let through, or the whole way of one."""
    if given.id:
        return asked(own, given, activity.look, query={})
    del given.id
    found: list[Any] = []
    cursor: str | None = ""
    while cursor is not None and len(found) < given.limit:
        query = _query(given) | {"limit": min(PAGE, given.limit - len(found)), "cursor": cursor}
        page = asked(own, given, activity.every, query=query)
        found, cursor = [*found, *page["data"]], page["next_cursor"]
    nothing = "" if given.json else "Nothing fits."
    return _written(found, given) or nothing


def tail(own: Services, given: Namespace) -> str:
    """Print each row as it comes, until Ctrl-C."""
    newest = asked(own, given, activity.every, query={"limit": 1})["newest"]
    try:
        while True:
            page = _newer(own, given, newest)
            newest = page["newest"]
            if text := _written(page["data"], given):
                ending.say(text)
            if not page["more"]:
                time.sleep(AGAIN_SECONDS)
    except KeyboardInterrupt:
        return ""


def _newer(own: Services, given: Namespace, newest: str) -> Any:
    """The rows after `newest`. While the store is away this waits, and says so once."""
    query = _query(given) | {"newer_than": newest}
    said = False
    while True:
        try:
            return asked(own, given, activity.every, query=query)
        except RedisError as error:
            if not is_unable(error):
                raise
        if not said:
            print("The store cannot be reached; this goes on when it can.", file=sys.stderr)
        said = True
        time.sleep(AGAIN_SECONDS)


def _query(given: Namespace) -> dict[str, Any]:
    return {name: getattr(given, name) for name in FILTERS}


def _written(rows: Sequence[Mapping[str, Any]], given: Namespace) -> str:
    write = _as_json if given.json else _line
    return "\n".join(map(write, rows))


def _as_json(row: Mapping[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False)


def _line(row: Mapping[str, Any]) -> str:
    """One line of a table; a terminal gets no more of it than fits."""
    cells = (row["at"][:19] + "Z", ARROWS[row["direction"]], row["status"], row["phone"] or "-")
    told = table.plain(row["message"] or row["detail"] or "")
    parts = zip(map(table.plain, cells), WIDTHS, strict=True)
    start = "  ".join(f"{cell:<{width}}" for cell, width in parts)
    line = f"{start}  {row['id']}  {told}"
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else len(line)
    return line if len(line) <= width else line[: width - 1] + "…"
