"""The operator: who runs the service, and calls with the key that OPERATOR_KEY holds."""

import hmac

from integration.accounts import audit
from integration.web.core import admission
from integration.web.core.current import Caller, call, services


def enters() -> bool:
    """Whether the operator calls; then that is the caller. No workspace opens to the operator."""
    wanted, given = services().settings.operator_key, admission.presented_key(call())
    if not wanted or not hmac.compare_digest(given.encode(), wanted.encode()):
        return False
    call().caller = caller()
    return True


def caller() -> Caller:
    return Caller(workspace=audit.EVERY, key_id=audit.OPERATOR, scopes=frozenset({"admin"}))
