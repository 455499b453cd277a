"""Apps: for each platform its app, a key, its guide, and whether it has called yet."""

from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response

from integration.delivery import hook_state
from integration.hooks import subscriptions
from integration.kernel.catalog import dashed
from integration.kernel.specs import Platform
from integration.web.api import keys as key_routes
from integration.web.apps import routes as exports
from integration.web.console import guides, rendering
from integration.web.console.calls import tell
from integration.web.core.current import base_url, services, workspace

routes = Blueprint("apps", __name__, url_prefix="/console/apps")
MOST_HOOKS = 20
"""Hooks of the platform that its page has, the newest."""


@routes.get("")
def listed() -> Response:
    calls: dict[str, str] = {}
    for each in key_routes.listed():
        if each["first_call_at"] and each["platform"] not in calls:
            calls[each["platform"]] = each["first_call_at"]
    platforms = services().catalog.platforms.values()
    return rendering.page("apps", apps={dashed(each.key): each for each in platforms}, calls=calls)


@routes.get("/<key>")
def look(key: str) -> Response:
    return _page(services().catalog.platform(key))


@routes.post("/<key>")
def make_key(key: str) -> Response:
    """Answered with the page itself and no redirect: the key is in no other answer."""
    platform = services().catalog.platform(key)
    wanted = {"name": platform.label, "scopes": list(platform.scopes)}
    return _page(platform, tell(key_routes.make, body={**wanted, "platform": dashed(key)}))


def _page(platform: Platform, made: dict[str, Any] | None = None) -> Response:
    key = dashed(platform.key)
    own = [each for each in subscriptions.listed(services(), workspace()) if each.platform == key]
    return rendering.page(
        "app",
        app=platform,
        key=key,
        made=made,
        guide=guides.guide(key, base_url()),
        keys=[each for each in key_routes.listed() if each["platform"] == key],
        hooks=hook_state.shown(services(), own[-MOST_HOOKS:], with_secret=False),
        more_hooks=max(0, len(own) - MOST_HOOKS),
        reachable=_is_reachable(base_url()),
    )


def _is_reachable(base_url: str) -> bool:
    """Whether a platform in the cloud could reach this address, as far as its looks tell."""
    host = urlsplit(base_url).hostname or ""
    try:
        return ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith((".local", ".internal", ".localhost"))


@routes.get("/<key>.zip")
def download(key: str) -> Response:
    return exports.archived(services().catalog.platform(key))
