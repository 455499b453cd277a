"""Our address as a command names it: PUBLIC_URL, or where the service listens on this machine."""

from integration.settings import Settings

ANYWHERE = ("0.0.0.0", "::")  # compared with, not listened on


def of(settings: Settings) -> str:
    """Without a slash at its end."""
    host = settings.host.strip("[]")
    host = "127.0.0.1" if host in ANYWHERE else f"[{host}]" if ":" in host else host
    return settings.public_url or f"http://{host}:{settings.port}"
