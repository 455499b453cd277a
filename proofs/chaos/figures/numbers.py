"""W8: a number goes where its writer means it to, or is refused; nothing goes to a guess."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from proofs.chaos.arena import Arena
from proofs.chaos.figure import Figure, Findings, Result
from proofs.chaos.restarting import with_settings
from proofs.chaos.scene import Scene
from proofs.rig.stack import World

COUNTRIES = ("DE", "ID", "US", "GB", "FR", "IN", "IT", "BR", "MX", "AR", "CI", "ZA")
NO_REGION = ""


@dataclass(frozen=True, kw_only=True)
class Size:
    """`each` mobiles of every country under each of `regions`; "" is no region."""

    each: int
    regions: tuple[str, ...] = (NO_REGION, "DE", "ID", "US")


@dataclass(frozen=True, kw_only=True)
class Written:
    """A number as somebody writes it. `own` spellings have to be accepted, others may be refused.

    A plus, or 00, is always their own: it leaves no doubt.
    """

    text: str
    right: str
    own: bool


@dataclass
class Seen:
    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def run(arena: Arena, size: Size, seed: int) -> Result:
    scene, findings, seen = Scene(arena, "w8", seed), Findings(slack=arena.slack), Seen()
    world, draw = scene.account(), random.Random(seed)
    for region in size.regions:
        with with_settings(arena, ("web",), DEFAULT_REGION=region):
            _tried(scene, world, region, list(_spellings(region, size.each, draw)), seen)
    counts = seen.counts
    closing = scene.close()
    findings.want(not seen.wrong, f"{len(seen.wrong)} went astray: {'; '.join(seen.wrong[:3])}")
    findings.want(not counts["own refused"], f"{counts['own refused']} own numbers refused")
    measured = (
        f"{counts.total() - counts['own refused']} spellings of numbers of {len(COUNTRIES)}"
        f" countries under {len(size.regions)} regions: {counts['right']} to the right number,"
        f" {counts['refused']} refused, {len(seen.wrong)} astray"
    )
    return findings.judged(closing, measured, life=scene.life())


def _spellings(region: str, each: int, draw: random.Random) -> Iterator[Written]:
    for country in COUNTRIES:
        own = country == region
        for number in _mobiles(country, each, draw):
            right = phonenumbers.format_number(number, PhoneNumberFormat.E164)
            national = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
            yield Written(text=right, right=right, own=True)
            yield Written(text=f"\u202a{right}\u202c", right=right, own=True)
            yield Written(text=f"00{right[1:]}", right=right, own=True)
            yield Written(text=right[1:], right=right, own=own)
            if own or not region:
                # Elsewhere it is a number of the region as well, and nobody could know.
                digits = "".join(filter(str.isdigit, national))
                yield Written(text=national, right=right, own=own)
                yield Written(text=digits, right=right, own=own)


def _mobiles(country: str, count: int, draw: random.Random) -> Iterator[phonenumbers.PhoneNumber]:
    """The library's own example with other last digits, where that is valid."""
    example = phonenumbers.example_number_for_type(country, PhoneNumberType.MOBILE)
    assert example
    assert example.national_number
    while count:
        national = example.national_number - example.national_number % 10_000
        changed = phonenumbers.PhoneNumber()
        changed.merge_from(example)
        changed.national_number = national + draw.randrange(10_000)
        if phonenumbers.is_valid_number(changed):
            count -= 1
            yield changed


def _tried(scene: Scene, world: World, region: str, spellings: list[Written], seen: Seen) -> None:
    meant: dict[str, Written] = {}
    for written in spellings:
        text = scene.name()
        answer = world.send(phone=written.text, message=text)
        if answer.status_code == 202:
            scene.note(world, text, answer.json())
            meant[text] = written
        else:
            seen.counts["refused"] += answer.status_code == 422
            seen.counts["own refused"] += written.own
            if answer.status_code != 422:
                seen.wrong.append(f"{written.text} {answer.status_code}")
    _judge(scene, region, meant, seen)


def _judge(scene: Scene, region: str, meant: dict[str, Written], seen: Seen) -> None:
    """By the number that the provider was given."""
    end, went = time.monotonic() + 60, dict[str, str]()
    while len(went) < len(meant) and time.monotonic() < end:
        time.sleep(0.2)
        lines = scene.provider("send")
        went = {line["text"]: line["phone"] for line in lines if line["text"] in meant}
    for text, written in meant.items():
        if went.get(text) == written.right:
            seen.counts["right"] += 1
        else:
            place = f"{written.text} under {region or 'no region'}"
            seen.wrong.append(f"{place} to {went.get(text, 'nobody')}")


FIGURE = Figure(
    key="w8",
    goal="mobiles of 12 countries in every spelling, with and without a region: right or refused",
    run=run,
    short=Size(each=2),
    long=Size(each=100),
)
