"""Zapier: a private integration, ready for `zapier-platform push`."""

from collections.abc import Mapping
from typing import Any

from integration.kernel.catalog import Catalog
from integration.kernel.specs import Platform
from platforms import _zapier_code as code
from platforms import _zapier_operations as operations
from platforms._shared_files import fixed, written

CORE = "19.1.0"
"""The version of zapier-platform-core with which the tests ran, as in its fixed files."""
VERSION = "1.0.0"


def compile(catalog: Catalog, base_url: str) -> Mapping[str, str]:
    return {**fixed("zapier", base_url), "app.json": written(app(catalog, base_url))}


def app(catalog: Catalog, base_url: str) -> dict[str, Any]:
    """The app's definition; the connection form proposes `base_url`."""
    return {
        "version": VERSION,
        "platformVersion": CORE,
        "flags": {"throwForThrottlingEarly": False},
        "authentication": _authentication(base_url),
        "requestTemplate": {
            "headers": {
                "Authorization": "Bearer {{bundle.authData.api_key}}",
                "Accept": "application/json",
            }
        },
        "beforeRequest": [code.before()],
        "afterResponse": [code.after()],
        "triggers": operations.triggers(catalog),
        "searches": operations.searches(catalog),
        "creates": operations.creates(catalog),
        "searchOrCreates": operations.searches_or_creates(catalog),
    }


def _authentication(base_url: str) -> dict[str, Any]:
    server = {
        "key": "base_url",
        "label": "Server URL",
        "type": "string",
        "required": True,
        "isNoSecret": True,
        "default": base_url,
        "placeholder": "https://sms.example.com",
        "helpText": "The public https address of your Hookline server, the one under which you"
        f" open its [console]({base_url}/console).",
    }
    key = {
        "key": "api_key",
        "label": "API Key",
        "type": "password",
        "required": True,
        "helpText": f"Make one in your server's console under [API keys]({base_url}/console/keys).",
    }
    return {
        "type": "custom",
        "fields": [server, key],
        "test": code.me(),
        "connectionLabel": code.function(code.body("label")),
    }


PLATFORM = Platform(
    key="zapier",
    label="Zapier",
    description="Makes a private Zapier integration to push with Zapier's own tool.",
    compile=compile,
)
