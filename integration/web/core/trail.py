"""The trail: notes in the audit list of what the request at hand did."""

from integration.accounts import audit
from integration.web.core.current import call, caller, services


def note(action: str, subject: str, detail: str = "", workspace: str = "") -> None:
    """Note it under the caller's workspace, or another one."""
    who = caller()
    audit.note(
        services().db,
        workspace or who.workspace,
        action,
        subject,
        by=who.key_id or audit.COMMAND_LINE,
        detail=detail,
        request_id=call().request_id,
    )
