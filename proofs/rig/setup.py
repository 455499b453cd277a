"""What a service of the proofs is started with, and how it is asked whether it is ready."""

from __future__ import annotations

import os
import secrets

import requests

from integration import discovery

COMMANDS = {
    "web": ["gunicorn", "-c", "python:integration.runtime.gunicorn_conf", "wsgi:application"],
    "worker": ["integration.worker"],
    "scheduler": ["integration.scheduler"],
    "background": ["integration.background"],
}
"""The Procfile's own, by module."""
PROVIDERS = tuple(f"{key.upper()}_" for key in discovery.load().providers)
FOREIGN = (*PROVIDERS, "HOOKLINE_", "SANDBOX")


def own_settings(port: int, store_url: str) -> dict[str, str]:
    """What every service of the proofs is started with."""
    return {
        "PORT": str(port),
        "REDIS_URL": store_url,
        "SECRET_KEY": secrets.token_urlsafe(32),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "ALLOW_PRIVATE_TARGETS": "1",
    }


def own_environment() -> dict[str, str]:
    """Ours, without what would configure a service."""
    return {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}


def is_ready(url: str) -> bool:
    """Whether a service reports that all its parts work."""
    try:
        answer = requests.get(f"{url}/readyz", timeout=5)
    except requests.RequestException:
        return False
    return answer.ok and bool(answer.json()["status"] == "ok")
