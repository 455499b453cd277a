"""Owner: the account that a call means by the phone, group or sender that it names."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from integration.accounts import belongings
from integration.accounts.belongings import Remembered
from integration.accounts.connections import Connection
from integration.kernel.errors import CapabilityMissing
from integration.kernel.fields import Inputs
from integration.kernel.specs import Options
from integration.services import Services

LACKING_MS = 5_000
"""How long an account that listed no such phone is not asked again: it may be paired meanwhile."""
SHOWN = 60
"""Characters of an unknown id that the error names."""


def chosen(
    services: Services,
    fit: Sequence[Connection],
    schema: type[Inputs],
    values: Mapping[str, Any],
    before_asking: Callable[[], None] = lambda: None,
) -> Connection:
    """The account of `fit` that has what `values` name, the first one where they name nothing.

    Raises CapabilityMissing where no account has it, or several that may have it do not answer.
    """
    left = list(fit)
    if len(left) > 1:
        for name, options in belongings.named_by(services, schema).items():
            if values.get(name):
                left = _having(services, options, left, (name, values[name]), before_asking)
    return left[0]


def _having(
    services: Services,
    options: Options,
    accounts: list[Connection],
    named: tuple[str, str],
    before_asking: Callable[[], None],
) -> list[Connection]:
    name, wanted = named
    able = belongings.able(services, options, accounts)
    if len(able) < 2:
        return able or accounts
    known = belongings.remembered(services, options, able)
    sure = [each for each in able if _holds(known.get(each.id), wanted)]
    if sure:
        return sure
    before_asking()
    doubtful = [each for each in able if _is_doubtful(known.get(each.id))]
    answers = belongings.asked(services, options, doubtful, wanted=wanted)
    found = [each for each in doubtful if belongings.has(answers.get(each.id), wanted)]
    if found or options.free:
        return found or able
    known = belongings.remembered(services, options, able)
    silent = [each for each in able if each.id not in known or not known[each.id].answered]
    return _silent(known, silent, name, wanted)


def _holds(known: Remembered | None, wanted: str) -> bool:
    return known is not None and known.answered and known.is_fresh() and wanted in known.ids


def _is_doubtful(known: Remembered | None) -> bool:
    if known is None or not known.is_fresh():
        return True
    return known.answered and not known.is_fresh(LACKING_MS)


def _silent(
    known: Mapping[str, Remembered],
    silent: list[Connection],
    name: str,
    wanted: str,
) -> list[Connection]:
    """The silent account that had it when it answered last, or the only one that may have it."""
    had = [each for each in silent if each.id in known and wanted in known[each.id].ids]
    if had or len(silent) == 1:
        return had or silent
    what = name.replace("_", " ")
    labels = " and ".join(sorted({each.label for each in silent}))
    sentence = (
        f"{labels} did not answer, so nobody can tell which account has this {what}; name the"
        " connection, or try again."
        if silent
        else f"No connected account has the {what} {wanted[:SHOWN]!r}; choose one from the list, or"
        " name its connection."
    )
    raise CapabilityMissing(f"{name}: {sentence}", errors={name: [sentence]})
