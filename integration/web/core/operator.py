"""The operator: who runs the service, and calls with the key that OPERATOR_KEY holds."""

import hmac
from collections.abc import Mapping

from integration.accounts import audit
from integration.accounts.api_keys import SCOPES
from integration.web.core import admission
from integration.web.core.current import Caller, call, services


def enters() -> bool:
    """Whether the operator calls; then that is the caller. No workspace opens to the operator."""
    if not is_key(admission.presented_key(call())):
        return False
    call().caller = caller()
    return True


def is_key(given: str) -> bool:
    """Whether it is the key that OPERATOR_KEY holds."""
    wanted = services().settings.operator_key
    return bool(wanted) and hmac.compare_digest(given.encode(), wanted.encode())


def caller() -> Caller:
    return Caller(workspace=audit.EVERY, key_id=audit.OPERATOR, scopes=frozenset({"admin"}))


def within(workspace: str, limits: Mapping[str, int]) -> Caller:
    """The operator at the console, where each workspace opens."""
    return Caller(
        workspace=workspace, key_id=audit.OPERATOR, scopes=frozenset(SCOPES), limits=limits
    )


def calls() -> bool:
    """Whether the caller who was let in is the operator."""
    who = call().caller
    return who is not None and who.key_id == audit.OPERATOR
