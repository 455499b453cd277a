"""Opt-outs as actions and searches see them: who wants no more texts of a workspace."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

EVERY = "every"
"""In place of a connection's id: every account of the workspace, also those connected later."""


class OptOuts(Protocol):
    """The register of the workspace whose caller asks. Each `phone` and `sender` is a number in
    international form or a name, "" for all senders; `connection` is an id, "" for all accounts.

    Each of these raises NotFound for a connection that the workspace does not have.
    """

    @property
    def kept(self) -> bool:
        """Whether the workspace has the register switched on: else nobody looks at it."""

    def add(self, *, phone: str, sender: str, reason: str, connection: str) -> int:
        """Text this person no more; returns how many entries changed. Raises CapabilityMissing
        where the account that is named sends no SMS."""

    def lift(self, *, phone: str, sender: str, reason: str, connection: str) -> int:
        """Text this person again; returns how many entries changed."""

    def find(self, *, phone: str, sender: str, connection: str) -> Sequence[Mapping[str, Any]]:
        """The opt-outs of this person that hold now, the latest first."""
