"""What a key of the store is: its name, what it holds, and how long it stays."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Literal, get_args

Kind = Literal["string", "hash", "list", "set", "sorted set", "stream"]
PART = re.compile(r"<(\w+)>")
USER_DATA = "The user's own, until the user removes it."
EVERY: dict[str, "Key"] = {}
"""Every key that was declared, by its pattern; the package keys declares them all."""


@dataclass(frozen=True)
class Key:
    """One key, or all keys of one pattern. Calling it with the parts gives the name in the store.

    `pattern` holds a `<part>` for each argument. `holds` says what the key is for. `owner` is the
    room whose data it is. `fields` names the fields of a hash or a stream.

    `seconds` is the longest TTL, which counts from the event that `expires` names; `unless` says
    when the key has no TTL. `cap` is the most that it keeps, `permanent` why it stays; one of
    the three is given. Raises ValueError for a declaration that does not hold together.
    """

    pattern: str
    kind: Kind
    holds: str
    owner: str
    fields: Mapping[str, str] = field(default_factory=dict)
    seconds: int = 0
    expires: str = ""
    unless: str = ""
    cap: str = ""
    permanent: str = ""
    name: str = field(default="", init=False)
    """That of the variable that holds it, in small letters."""

    def __post_init__(self) -> None:
        if wrong := self._wrong():
            raise ValueError(f"The key {self.pattern}: {wrong}")
        EVERY[self.pattern] = self

    def _wrong(self) -> str:
        if self.kind not in get_args(Kind):
            return f"{self.kind!r} is no kind; the kinds are {', '.join(get_args(Kind))}."
        if not self.holds.strip():
            return "say what it holds."
        if not (self.expires or self.cap or self.permanent):
            return "say when it expires, its cap, or why it is permanent."
        if bool(self.expires) != (self.seconds > 0):
            return "expires and seconds go together."
        alike = [each.name for each in EVERY.values() if each._template == self._template]
        return f"it has the pattern of {alike[0]}." if alike else ""

    @cached_property
    def parts(self) -> tuple[str, ...]:
        return tuple(PART.findall(self.pattern))

    @cached_property
    def _template(self) -> str:
        return PART.sub("%s", self.pattern)

    def __call__(self, *parts: str) -> str:
        """The name in the store. Raises TypeError where a part is missing or surplus."""
        try:
            return self._template % parts
        except TypeError as error:
            wanted = f"{self.name}({', '.join(self.parts)})"
            raise TypeError(f"The key {wanted} is called with {len(parts)} parts.") from error

    @cached_property
    def prefix(self) -> str:
        """The pattern up to its first part, such as `hl:job:`."""
        return self.pattern.partition("<")[0]

    def matches(self, name: str) -> bool:
        """Whether the pattern fits a name in the store; `declared` picks the closest of several."""
        return _matcher(self.pattern).fullmatch(name) is not None

    def values(self, name: str) -> tuple[str, ...]:
        """The parts of a name that fits, as the call took them."""
        found = _matcher(self.pattern).fullmatch(name)
        return found.groups() if found else ()

    def knows(self, name: str) -> bool:
        """Whether a field with this name is declared."""
        return any(_matcher(each).fullmatch(name) for each in self.fields)

    @property
    def local(self) -> str:
        """What Lua code calls it."""
        return f"{self.name}_key" if self.parts else self.name

    def lua(self, *parts: str) -> str:
        """The Lua expression of the name in the store, where these expressions are its parts."""
        name = self(*(f"' .. ({part}) .. '" for part in parts))
        return "(" + f"'{name}'".removesuffix(" .. ''") + ")"


def declared(name: str) -> Key | None:
    """The key that a name in the store belongs to, None where the list does not know it."""
    fits = [each for each in EVERY.values() if each.matches(name)]
    return max(fits, key=lambda each: len(PART.sub("", each.pattern)), default=None)


@cache
def _matcher(pattern: str) -> re.Pattern[str]:
    return re.compile("(.*)".join(map(re.escape, PART.split(pattern)[::2])), re.DOTALL)


def give_names(variables: Mapping[str, object]) -> None:
    """Name the keys after the variables that hold them, or their only name in the store."""
    for name, held in list(variables.items()):
        key = held if isinstance(held, Key) else EVERY.get(str(held))
        if key:
            object.__setattr__(key, "name", name.lower())
