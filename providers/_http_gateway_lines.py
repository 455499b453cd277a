"""Lines of settings: `name=value` with placeholders from a closed list, filled for each text.

A value is data and never code. What a placeholder stands for is never read again.
"""

import base64
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from integration.kernel.outgoing import Outgoing
from integration.kernel.segments import ALPHABET

ACCOUNT = frozenset({"username", "api_key", "basic"})
"""Placeholders that every call may have; `basic` is what stands behind `Basic` in a header."""
IN_ADDRESS = ACCOUNT | {"to", "to_digits", "ref"}
"""Those of the path and of headers."""
OF_TEXT = frozenset({"text", "text_gsm", "text_ucs2_hex"})
PLACEHOLDERS = IN_ADDRESS | OF_TEXT | {"from", "sim", "dlt_template_id", "receipt_url"}
CONDITIONS = ("unicode", "gsm", "receipts")
"""`{unicode=8}` is 8 where the text has characters outside GSM-7, and nothing elsewhere. `gsm` is
the opposite, and `receipts` says that the gateway can call us."""
MOST_LINES, LONGEST_LINE = 60, 500
_PLACE = re.compile(r"\{([a-z0-9_]*)(?:=([A-Za-z0-9._-]{1,40}))?\}")
_LITERAL = ":"
"""Ends the name of a JSON member that is a number, true, false or null: `flash:=true`."""


@dataclass(frozen=True, kw_only=True)
class Line:
    name: str
    value: str

    @property
    def places(self) -> set[str]:
        """The placeholders in its value."""
        return {name for name, _ in _PLACE.findall(self.value)}


def lines(text: str) -> list[Line]:
    """The lines of a setting. ValueError with a sentence for one that is not `name=value`."""
    found = [each.strip() for each in text.splitlines() if each.strip()]
    if len(found) > MOST_LINES or any(len(each) > LONGEST_LINE for each in found):
        raise ValueError(f"Give at most {MOST_LINES} lines of {LONGEST_LINE} characters.")
    parts = [each.partition("=") for each in found]
    if any(not name.strip() or not equals for name, equals, _ in parts):
        raise ValueError("Give one name=value on each line.")
    return [Line(name=name.strip(), value=value.strip()) for name, _, value in parts]


def merged(ours: str, theirs: str) -> list[Line]:
    """A preset's lines with those of the user: the same name replaces, `name=` takes away."""
    chosen = {each.name: each for each in [*lines(ours), *lines(theirs)]}
    return [each for each in chosen.values() if each.value]


def check(value: str, allowed: frozenset[str], what: str) -> None:
    """ValueError with a sentence where a value has an unknown placeholder or a stray brace."""
    for name, word in _PLACE.findall(value):
        if name not in (CONDITIONS if word else allowed) or (word and allowed is not PLACEHOLDERS):
            known = ", ".join(f"{{{each}}}" for each in sorted(allowed))
            raise ValueError(f"{what} cannot have {{{name}}}. Known: {known}.")
    if "{" in (rest := _PLACE.sub("", value)) or "}" in rest:
        raise ValueError(f"{what} has a brace that belongs to no placeholder.")


def filled(value: str, known: Mapping[str, str]) -> str | None:
    """The value with its placeholders filled; None where one of them has nothing to show."""
    found = [known.get(f"={name}" if word else name, "") for name, word in _PLACE.findall(value)]
    if not all(found):
        return None
    return _PLACE.sub(lambda place: place[2] or known[place[1]], value)


def of_account(options: Mapping[str, Any]) -> dict[str, str]:
    user, key = options.get("username") or "", options.get("api_key") or ""
    basic = base64.b64encode(f"{user}:{key}".encode()).decode() if user or key else ""
    return {"username": user, "api_key": key, "basic": basic}


def of_text(text: Outgoing, sender: str, receipt_url: str) -> dict[str, str]:
    """What the placeholders of one text stand for; "" where there is nothing to show."""
    plain = set(text.message) <= ALPHABET
    ucs2 = text.message.encode("utf-16-be", "replace").hex()
    return {
        "to": text.phone,
        "to_digits": text.phone.lstrip("+"),
        "text": text.message,
        "text_gsm": text.message if plain else "",
        "text_ucs2_hex": "" if plain else ucs2,
        "from": sender,
        "ref": text.reference,
        "sim": (text.sim_slot or "").removeprefix("SIM"),
        "dlt_template_id": text.dlt_template_id or "",
        "receipt_url": receipt_url,
        "=unicode": "" if plain else "1",
        "=gsm": "1" if plain else "",
        "=receipts": "1" if receipt_url else "",
    }


def pairs(found: Sequence[Line], known: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The lines that have something to show, as fields of a query or a form."""
    for each in found:
        value = filled(each.value, known)
        if value is not None:
            yield each.name, value


def tree(found: Sequence[Line], known: Mapping[str, str]) -> dict[str, Any]:
    """The same as JSON. Dots in a name lead inwards; `to[]` is a list of one, and so is `a[].b`.

    ValueError with a sentence where two names contradict each other.
    """
    root: dict[str, Any] = {}
    for name, value in pairs(found, known):
        path = name.removesuffix(_LITERAL)
        _put(root, path.split("."), value if path == name else _literal(value))
    return root


def _literal(value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError as error:
        raise ValueError("After := stands a number, true, false or null.") from error


def _put(node: Any, path: Sequence[str], value: Any) -> None:
    head, *rest = path
    name, listed = head.removesuffix("[]"), head.endswith("[]")
    if not name or not isinstance(node, dict) or (not rest and name in node):
        raise ValueError(f"The name {'.'.join(path)} contradicts another one.")
    if not rest:
        node[name] = [value] if listed else value
        return
    inner = node.setdefault(name, [{}] if listed else {})
    _put(inner[0] if isinstance(inner, list) and listed else inner, rest, value)
