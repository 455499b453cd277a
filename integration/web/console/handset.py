"""The virtual phone: where a person types a text in, while the sandbox stands in for a provider."""

from integration.web.core.current import services


def address() -> str:
    """The page of the sandbox's phone; "" where the service runs without a sandbox."""
    settings = services().settings
    return f"{settings.sandbox_url}/" if settings.sandbox else ""
