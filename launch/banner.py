"""What the person who typed `make run` wants to know once everything is up."""

from __future__ import annotations

from launch.surroundings import Surroundings


def banner(here: Surroundings) -> str:
    """Addresses, the key, and two lines to paste."""
    lines = ["", "  Hookline is ready. Ctrl-C stops it.", "", f"  Console   {here.web}/"]
    if here.sandbox is not None:
        lines.append(f"  Handset   {here.sandbox}/   a virtual phone in place of a provider")
    lines += [f"  API key   {here.key}", "", "  Try it:", ""]
    lines.append(f'    curl -H "Authorization: Bearer {here.key}" {here.web}/v1/me')
    if here.sandbox is not None:
        lines += ["", *_send(here)]
    return "\n".join([*lines, ""])


def _send(here: Surroundings) -> list[str]:
    return [
        f'    curl -H "Authorization: Bearer {here.key}" -H "Content-Type: application/json" \\',
        """      -d '{"phone": "+12025550123", "message": "Hello from Hookline"}' \\""",
        f'      "{here.web}/v1/actions/send-sms?wait=10"',
    ]
