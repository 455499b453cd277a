"""S9: forged and mangled signatures, judged by the public library and by every check of ours."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator

from standardwebhooks import Webhook, WebhookVerificationError

from integration.accounts import api_keys, connections, ingress_urls
from integration.accounts.connections import Connection
from integration.inbound import ingress_address
from integration.kernel.errors import NotFound
from integration.services import Services
from integration.web.console import session
from proofs.attacks import signature_mutants as mutants
from proofs.attacks.outcome import Outcome, judged
from proofs.attacks.signature_mutants import Signed
from proofs.rig.stack import Stack

FIGURE = "S9"
GOAL = "No forged or mangled signature, token or session is taken, and none breaks its check."
FORGED, SHORT_FORGED = 1_000_000, 40_000
RENEW = 20_000
"""Forgeries of one genuine delivery, before a fresh one is taken: signatures age."""


def run(stack: Stack, *, short: bool, seed: int) -> Outcome:
    chance = random.Random(seed)
    most = SHORT_FORGED if short else FORGED
    own = stack.services
    counts: Counter[str] = Counter()
    _signatures(chance, most, counts)
    connection = _connection(own)
    token = ingress_urls.token(own, connection.id)
    _strings(chance, token, most // 5, counts, "token", _takes(own))
    _strings(chance, _session(own), most // 10, counts, "session", _opens(own))
    connections.forget(own, connection)
    shown = {name: counts[name] for name in _ORDER}
    harm = counts["accepted"] + counts["raised_otherwise"]
    passed = not harm and counts["genuine_refused"] == 0 and counts["forged_signatures"] >= most
    return judged(FIGURE, GOAL, shown, passed=passed)


_ORDER = (
    *("forged_signatures", "forged_tokens", "forged_sessions", "other_spellings_of_the_genuine"),
    *("genuine_taken", "genuine_refused", "accepted", "raised_otherwise"),
    "refused_by_the_library_with_another_error",
)


def _signatures(chance: random.Random, most: int, counts: Counter[str]) -> None:
    while counts["forged_signatures"] < most:
        genuine = mutants.genuine(chance)
        verify = Webhook(genuine.library_secret).verify
        _count(_accepts(verify, genuine, counts), counts)
        for _ in range(RENEW):
            forged = mutants.mangled(chance, genuine)
            if mutants.says_the_same(genuine, forged):
                counts["other_spellings_of_the_genuine"] += 1
                continue
            counts["forged_signatures"] += 1
            counts["accepted"] += _accepts(verify, forged, counts)


def _count(taken: bool, counts: Counter[str]) -> None:
    counts["genuine_taken" if taken else "genuine_refused"] += 1


def _accepts(verify: Callable[..., object], signed: Signed, counts: Counter[str]) -> bool:
    try:
        verify(signed.body, signed.headers, json_parse=False)
    except WebhookVerificationError:
        return False
    except ValueError:
        # Of base64, or of unpacking: the library's own, a refusal all the same.
        counts["refused_by_the_library_with_another_error"] += 1
        return False
    return True


def _connection(own: Services) -> Connection:
    made = connections.make(
        workspace="s9", provider="pairfon", label="s9", settings={"api_key": "pf_s9"}
    )
    connections.save(own, made)
    return made


def _takes(own: Services) -> Callable[[str], bool]:
    def takes(text: str) -> bool:
        try:
            ingress_address.connection_of(own, "pairfon", text)
        except NotFound:
            return False
        return True

    return takes


def _session(own: Services) -> str:
    """The secret of somebody who is signed in to the console."""
    record, _ = api_keys.create(own.db, "s9", "s9")
    return session.begin(own, "s9", record["id"])


def _opens(own: Services) -> Callable[[str], bool]:
    def opens(text: str) -> bool:
        return session.find(own.db, text) is not None

    return opens


def _strings(
    chance: random.Random,
    genuine: str,
    most: int,
    counts: Counter[str],
    what: str,
    takes: Callable[[str], bool],
) -> None:
    """Every kind of damage to one text that has to be taken as it is, or not at all."""
    _count(takes(genuine), counts)
    for forged in _each(chance, genuine, most):
        counts[f"forged_{what}s"] += 1
        try:
            counts["accepted"] += takes(forged)
        except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError):
            counts["raised_otherwise"] += 1


def _each(chance: random.Random, genuine: str, most: int) -> Iterator[str]:
    made = 0
    while made < most:
        text = mutants.damaged(chance, genuine)
        if not mutants.spells_the_same(genuine, text):
            made += 1
            yield text
