"""Verdicts: what a provider's own words say of a call, whatever the status line says."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Full: TypeAlias = Literal["device", "sender"]
"""What of an account may take no texts for now, while the account is well."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What one answer means.

    `done`: the call was carried out. `rejected`: it was not, and would be refused again. `later`:
    it was not, and may be tried again after `wait` seconds. `unknown`: it may have been carried
    out. `full` says that a `later` is about the one phone or sender of the text; else the account
    waits. `reason` is the provider's sentence and `code` its own code, "" where it gives none.
    `opted_out` says that the recipient refuses texts of this sender. `of_account` says that a
    refusal is about the account alone: its credentials, credit, rights or senders. Another account
    may then be asked to do the same. Where that is not certain, it is not said.
    """

    word: Literal["done", "rejected", "later", "unknown"]
    reason: str = ""
    code: str = ""
    wait: float | None = None
    full: Full | Literal[""] = ""
    opted_out: bool = False
    of_account: bool = False


DONE = Verdict(word="done")
