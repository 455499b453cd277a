"""S11: timing: how long a refusal takes says nothing about how nearly right the guess was."""

from __future__ import annotations

import gc
import random
import statistics
import string
import time
from collections.abc import Callable, Sequence

from integration.accounts import api_keys
from integration.inbound import ingress_address
from integration.kernel.errors import NotFound
from integration.services import Services
from integration.web.core import admission
from proofs.attacks.inbound_app import in_process
from proofs.attacks.inbound_store import holding
from proofs.attacks.outcome import Outcome, judged
from proofs.rig.stack import Stack

FIGURE = "S11"
GOAL = "Timing of API keys and ingress tokens: Welch |t| < 4.5 between near and far guesses."
SAMPLES = 200_000
LIMIT = 4.5
"""The bound of dudect (Reparaz, Balasch, Verbauwhede, 2017)."""
POOL = 64
"""Guesses of each class, equally many, so that no class is better cached than the other."""
CROPPED = 0.9
"""The slowest tenth is the machine's doing (a switch to another process) and is cut off."""
LETTERS = string.ascii_lowercase + "234567"

Guess = Callable[[str], object]


def run(stack: Stack, *, short: bool, seed: int) -> Outcome:
    """Both look-ups in this process, with the code and store of the service."""
    world, chance = stack.workspace(), random.Random(seed)
    token = str(world.connect_pairfon() and world.get("/v1/connections")["data"][0]["ingress_url"])
    samples = 5_000 if short else SAMPLES
    with in_process(stack) as services:
        key_t = _welch(_key_guess, world.key, samples, chance)
        token_t = _welch(_token_guess(services), token.rpartition("/")[2], samples, chance)
    clear = len(holding(stack.db, [world.key]))
    counts = {"samples_each": samples, "key_t_x100": key_t, "token_t_x100": token_t}
    counts["keys_in_clear"] = clear
    passed = max(key_t, token_t) < LIMIT * 100 and not clear
    return judged(FIGURE, GOAL, counts, passed=passed)


def _key_guess(key: str) -> object:
    return admission._look_up(api_keys.digest_of(key))


def _token_guess(services: Services) -> Guess:
    def guess(token: str) -> object:
        try:
            return ingress_address.connection_of(services, "pairfon", token)
        except NotFound:
            return None

    return guess


def _welch(guess: Guess, right: str, samples: int, chance: random.Random) -> int:
    """|t| × 100 between guesses that share all but the end with the right one, and nothing but
    the length (after the part that everybody knows)."""
    known = right.rpartition("-")[0] + "-" if right.startswith("conn_") else "hk_"
    length = len(right) - len(known)
    near = [right[:-2] + _letters(2, chance) for _ in range(POOL)]
    far = [known + _letters(length, chance) for _ in range(POOL)]
    took = _measured(guess, [near, far], samples, chance)
    return round(abs(_t(*_cropped(took))) * 100)


def _letters(count: int, chance: random.Random) -> str:
    return "".join(chance.choice(LETTERS) for _ in range(count))


def _measured(
    guess: Guess, pools: Sequence[Sequence[str]], samples: int, chance: random.Random
) -> list[list[int]]:
    """Nanoseconds of each call, by class, in random order so that drift falls on both."""
    order = [number % 2 for number in range(samples)]
    chance.shuffle(order)
    took: list[list[int]] = [[], []]
    gc.disable()
    try:
        for each in order:
            given = chance.choice(pools[each])
            began = time.perf_counter_ns()
            guess(given)
            took[each].append(time.perf_counter_ns() - began)
    finally:
        gc.enable()
    return took


def _cropped(took: Sequence[Sequence[int]]) -> tuple[list[int], list[int]]:
    together = sorted([*took[0], *took[1]])
    longest = together[int(len(together) * CROPPED)]
    near, far = ([each for each in row if each <= longest] for row in took)
    return near, far


def _t(near: Sequence[int], far: Sequence[int]) -> float:
    """Welch's t between two samples of unequal variance."""
    spread = statistics.variance(near) / len(near) + statistics.variance(far) / len(far)
    return float((statistics.fmean(near) - statistics.fmean(far)) / spread**0.5)
