"""Rows of opt-outs: as answers and exports show them, and as an import brings them."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from integration.kernel import times
from integration.kernel.digits import E164
from integration.kernel.errors import HooklineError, InvalidInput, MalformedBody, NotFound
from integration.kernel.opt_out_inputs import COLUMNS, EntryInput, ExportedInput
from integration.opt_outs import by_hand
from integration.opt_outs.by_hand import Entry
from integration.opt_outs.wish import Home, Wish, shown
from integration.runtime.fairness import with_pauses
from integration.store.clock import wall_ms
from integration.web.core import reading
from integration.web.core.current import services, workspace

CSV = "text/csv"
MOST_ROWS = 5_000
"""Rows of one call."""
AT_ONCE = 500
"""Rows that surely fit into one body."""
HEADINGS = {"to": "phone", "recipient": "phone", "number": "phone", "note": "reason"}
"""Other headings that an import may have."""
MOST_NAMED = 20
"""Wrong rows that an answer names."""
OURS = "by"
"""The column by which a row of an export of ours is known: it has the register's own spellings."""
READ = frozenset(EntryInput().fields)
FORMULA = ("=", "+", "-", "@", "\t")
"""What a spreadsheet takes for the beginning of a formula."""


def written(wishes: Iterable[Wish]) -> str:
    """All of them as CSV with a line of headings (RFC 4180)."""
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow(COLUMNS)
    for each in wishes:
        row = shown(each) | {"opted_out": str(each.out).lower()}
        lines.writerow([_cell(row[name]) for name in COLUMNS])
    return text.getvalue()


def _cell(value: Any) -> str:
    """A number stays as it is; no other text is a formula to a spreadsheet."""
    text = str(value or "")
    return f"'{text}" if text.startswith(FORMULA) and not E164.fullmatch(text) else text


def of_csv(raw: bytes) -> list[dict[str, str]]:
    """The rows of a table whose first line names the columns; others than ours are passed over."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MalformedBody("Save the table as CSV in UTF-8.") from error
    first = text.partition("\n")[0]
    table = csv.reader(io.StringIO(text), delimiter=max(",;\t", key=first.count))
    try:
        first_line = [each.strip().casefold() for each in next(table, [])]
        heads = [_heading(each) for each in first_line]
        _refuse_twins(heads)
        rows = [dict(zip(heads, each, strict=False)) for each in table if any(each)]
    except csv.Error as error:
        raise MalformedBody(f"The table cannot be read as CSV: {error}.") from error
    if "phone" not in heads:
        sentence = "The first line of the table names its columns, and one of them is phone."
        raise InvalidInput(sentence, errors={"phone": [sentence]})
    kept = READ | {OURS} if {*COLUMNS} <= {*first_line} else READ
    return [{name: each[name] for name in each if name in kept} for each in rows]


def _refuse_twins(heads: Sequence[str]) -> None:
    """One of two columns would be lost, and with it whom nobody may text."""
    for name in READ:
        if heads.count(name) > 1:
            others = " and ".join(each for each in HEADINGS if HEADINGS[each] == name)
            alike = f" ({others} mean it too)" if others else ""
            sentence = f"Two columns of the table are {name}{alike}; leave one of them out."
            raise InvalidInput(sentence, errors={name: [sentence]})


def _heading(text: str) -> str:
    name = text.strip().casefold().replace(" ", "_")
    return HEADINGS.get(name, name)


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What rows ask for. `left` of them say that somebody opted in again, and are left out.

    `wrong` has a sentence for each that cannot be taken. `unknown` are those of them that name no
    connection of the workspace."""

    entries: Sequence[Entry]
    left: int
    wrong: Sequence[str]
    unknown: Sequence[str]


def judged(rows: Sequence[Any]) -> Judged:
    """What these rows ask for. Raises InvalidInput for too many of them."""
    if len(rows) > MOST_ROWS:
        raise _refused([f"At most {MOST_ROWS} rows in one call; split the list."])
    found: list[Entry] = []
    wrong, unknown, left, home = [], [], 0, cache(_home)
    for place, row in enumerate(with_pauses(rows), 1):
        try:
            given = _read(row if isinstance(row, Mapping) else {"phone": row})
            found += _entries(given, home(given.get("connection", "")))
            left += not given["opted_out"]
        except HooklineError as error:
            wrong.append(f"Row {place}: {error.message}")
            unknown += wrong[-1:] if isinstance(error, NotFound) else []
    return Judged(entries=found, left=left, wrong=wrong, unknown=unknown)


def _read(row: Mapping[str, Any]) -> dict[str, Any]:
    return reading.load(ExportedInput if row.get(OURS) else EntryInput, row)


def refuse_wrong(found: Judged) -> None:
    """Raises InvalidInput that names the wrong rows, or NotFound with the first row of an unknown
    connection."""
    if found.unknown:
        # As everywhere, what is not in this workspace is a 404 and no wrong field.
        raise NotFound(found.unknown[0])
    if found.wrong:
        raise _refused(list(found.wrong[:MOST_NAMED]))


def entry(body: Mapping[str, Any]) -> list[Entry]:
    """The same of a body that names one person or several."""
    given = reading.load(EntryInput, body)
    return list(_entries(given, _home(given.get("connection", ""))))


def _entries(given: Mapping[str, Any], home: Home) -> Iterator[Entry]:
    at = times.parse_strict(given["changed_at"]).timestamp() * 1000 if "changed_at" in given else 0
    for phone in given["phone"] if given["opted_out"] else ():
        yield Entry(
            phone=str(phone),
            home=home,
            sender=given.get("sender", ""),
            reason=given.get("reason", ""),
            at_ms=min(int(at), wall_ms()),
        )


def _home(wanted: str) -> Home:
    return by_hand.place(services(), workspace(), wanted)


def _refused(lines: list[str]) -> InvalidInput:
    return InvalidInput(lines[0], errors={"rows": lines})
