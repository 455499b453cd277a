"""The virtual phone: where a person types a text in, while the sandbox stands in for a provider."""

from urllib.parse import urlencode

from integration.accounts.connections import Connection
from integration.web.core.current import services


def address() -> str:
    """The page of the sandbox's phone; "" where the service runs without a sandbox."""
    settings = services().settings
    return f"{settings.sandbox_url}/" if settings.sandbox else ""


def address_for(connection: Connection) -> str:
    """The page of the phone that writes to this account; "" for an account elsewhere."""
    page, base = address(), str(connection.settings.get("base_url", ""))
    if not page or not base.startswith(page):
        return ""
    kind = services().catalog.provider(connection.provider)
    # No secret: the key of an account of the sandbox, which has no password for its pages.
    return f"{page}?{urlencode({'account': connection.settings[kind.sandbox_account]})}"
