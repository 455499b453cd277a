"""The trail: who makes the request at hand, and notes in the audit list of what it did."""

from integration.accounts import api_keys, audit
from integration.web.core.current import call, caller, services


def by() -> str:
    """The caller, by words that people know."""
    who = caller()
    if who.key_id in ("", audit.OPERATOR):
        return f"the {who.key_id or audit.COMMAND_LINE}"
    name = api_keys.get(services().db, who.workspace, who.key_id)["name"]
    return f"the API key {name} ({who.key_id})"


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
