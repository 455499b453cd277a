"""What live data owes the app's definition: Zapier's checks T002 to T006, and Z001."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from integration import discovery
from platforms import zapier
from tests.platforms import golden

Json = Mapping[str, Any]
DAY = re.compile(r"\d{4}-\d\d-\d\d")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "datetime": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}


def app() -> dict[str, Any]:
    return zapier.app(discovery.load(), golden.BASE_URL)


def holds(operation: Json, rows: Sequence[Json]) -> None:
    """Fails where live rows break what the operation's definition says of them."""
    assert rows
    faults = [
        *primary(operation, rows),
        *(fault for row in rows for fault in dates(row)),
        *(fault for row in rows for fault in sample_keys(operation, row)),
        *(fault for row in rows for fault in types(operation, row)),
    ]
    assert not faults, "; ".join(faults)


def primary(operation: Json, rows: Sequence[Json]) -> Iterator[str]:
    """T002: every row has the primary key, and it tells them apart."""
    keys = [field["key"] for field in operation["outputFields"] if field.get("primary")] or ["id"]
    told = [tuple(row.get(key) for key in keys) for row in rows]
    if any(part in (None, "") for each in told for part in each):
        yield f"T002: a row lacks {', '.join(keys)}"
    if len(set(told)) != len(told):
        yield f"T002: two rows share {', '.join(keys)}"


def dates(value: Any, name: str = "") -> Iterator[str]:
    """T003 (D023 for samples): a date is ISO 8601, with a zone where it has a time."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from dates(each, f"{name}.{key}".strip("."))
    elif isinstance(value, list | tuple):
        for each in value:
            yield from dates(each, name)
    elif name.endswith("_at") and not is_date(value):
        yield f"T003: {name} is {value!r}"


def is_date(value: Any) -> bool:
    """Nothing, a day, or a moment with its zone."""
    shapes = (DAY, MOMENT)
    return value is None or any(shape.fullmatch(str(value)) for shape in shapes)


def sample_keys(operation: Json, row: Json) -> Iterator[str]:
    """T004 (and T006): the sample promises no key that live data lacks."""
    missing = flat(operation["sample"]).keys() - flat(row).keys()
    yield from (f"T004: live data has no {key}" for key in sorted(missing))


def types(operation: Json, row: Json) -> Iterator[str]:
    """T005, Z001 (D024 for samples): a value has the type that its output field tells."""
    values = flat(row)
    for field in operation["outputFields"]:
        value, wanted = values.get(field["key"]), TYPES.get(field.get("type", ""), (object,))
        wrong = isinstance(value, bool) and bool not in wanted and object not in wanted
        if value is not None and (wrong or not isinstance(value, wanted)):
            yield f"T005: {field['key']} is {value!r}, not {field['type']}"
        if field.get("required") and value is None:
            yield f"T005: {field['key']} is required and missing"


def flat(row: Json) -> dict[str, Any]:
    """As Zapier names what is in objects: `input__phone`. Lists are not looked into."""
    found: dict[str, Any] = {}
    for key, value in row.items():
        found[key] = value
        if isinstance(value, Mapping):
            found |= {f"{key}__{name}": each for name, each in flat(value).items()}
    return found
