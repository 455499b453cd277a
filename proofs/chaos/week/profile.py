"""A profile of a week as a TOML file has it: people, targets and troubles."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from proofs.chaos.sink import Habit

USUAL = Path(__file__).with_name("profile.toml")
KINDS = ("fault", "target", "offline", "burst", "refused", "store", "deploy", "crash")


class ProfileError(ValueError):
    """The file is no profile; the text says what to change."""


@dataclass(frozen=True, kw_only=True)
class People:
    """Accounts of one habit; `texts_out` and `texts_in` are for each of them and each day."""

    name: str
    accounts: int
    texts_out: int
    texts_in: int
    target: str
    webhooks: float = 1.0
    healthy: bool = False
    settings: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """`at` and `lasts` are shares of a day; no `days` are all days."""

    kind: str
    at: float
    lasts: float = 0.0
    people: str = ""
    target: str = ""
    texts: int = 0
    days: tuple[int, ...] = ()
    fault: dict[str, Any] = field(default_factory=dict)
    habit: Habit = field(default_factory=Habit)


@dataclass(frozen=True, kw_only=True)
class Profile:
    days: int
    day_seconds: float
    night_hours: float
    healthy_within: float
    opened_within: float
    people: tuple[People, ...]
    targets: dict[str, Habit]
    troubles: tuple[Trouble, ...]

    def on(self, day: int) -> tuple[Trouble, ...]:
        return tuple(each for each in self.troubles if not each.days or day in each.days)


def read(path: Path, *, short: bool) -> Profile:
    """Raises ProfileError where the file does not hold together."""
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
        made = _made(given)
    except (tomllib.TOMLDecodeError, TypeError, KeyError) as error:
        raise ProfileError(f"{path}: {error}") from error
    _check(path, made)
    return _shortened(made, given["short"]) if short else made


def _made(given: Mapping[str, Any]) -> Profile:
    targets = {each["name"]: _habit(each) for each in given["targets"]}
    troubles = [
        Trouble(**each | {"days": tuple(each.get("days", ())), "habit": _habit(each, "habit")})
        for each in given["troubles"]
    ]
    people = tuple(People(**each) for each in given["people"])
    return Profile(**given["week"], people=people, targets=targets, troubles=tuple(troubles))


def _habit(given: Mapping[str, Any], part: str = "") -> Habit:
    values = given.get(part, {}) if part else given
    return Habit(**{name: value for name, value in values.items() if name != "name"})


def _check(path: Path, made: Profile) -> None:
    names = {each.name for each in made.people}
    for each in made.people:
        if each.target not in made.targets:
            raise ProfileError(f"{path}: {each.name} names the target {each.target!r}.")
    for trouble in made.troubles:
        if trouble.kind not in KINDS:
            raise ProfileError(f"{path}: a trouble is one of {', '.join(KINDS)}.")
        if trouble.people and trouble.people not in names:
            raise ProfileError(f"{path}: no people are named {trouble.people!r}.")
        if trouble.target and trouble.target not in made.targets:
            raise ProfileError(f"{path}: no target is named {trouble.target!r}.")


def _shortened(made: Profile, short: Mapping[str, Any]) -> Profile:
    share = float(short["share"])
    people = [
        replace(each, accounts=max(1, round(each.accounts * share)), texts_out=_few(each.texts_out),
                texts_in=_few(each.texts_in))
        for each in made.people
    ]  # fmt: skip
    return replace(made, days=short["days"], day_seconds=short["day_seconds"], people=tuple(people))


def _few(texts: int) -> int:
    return max(1, texts // 3)
