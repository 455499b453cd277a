"""Zapier: a private integration, ready for `zapier-platform push`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from integration.kernel.catalog import Catalog
from integration.kernel.specs import Platform
from platforms import _zapier_code as code
from platforms import _zapier_operations as operations

CORE = "19.1.0"
"""The version of zapier-platform-core with which the tests ran."""
VERSION = "1.0.0"
INDEX = """\
// The app is app.json; this adds the versions that Zapier asks for.
module.exports = {
  ...require('./app.json'),
  version: require('./package.json').version,
  platformVersion: require('zapier-platform-core').version,
};
"""
IGNORED = "node_modules/\nbuild/\n.env\n"
README = """\
# Hookline for Zapier

A private Zapier integration for the Hookline server at {base_url}. Only you, and those you invite,
see it. You need a Zapier account, Node.js {node} or newer, and a server that the internet reaches.

```sh
npm install -g zapier-platform-cli@{core}
npm install
zapier-platform login
zapier-platform register "Hookline" --audience private
zapier-platform push --disable-dependency-detection
```

The last flag is needed: without it Zapier's tool leaves out a file of its own packages and stops.

Then make a Zap, choose **Hookline** as its app, and connect with the server's address and an API
key from {base_url}/console/keys.

After an update of the server, put the newly exported files into this folder (keep `.zapierapprc`),
raise `version` in `package.json`, push again, and move your Zaps with
`zapier-platform migrate OLD NEW`. `zapier-platform users:add them@example.com` invites somebody.
"""
NODE = "22"


def compile(catalog: Catalog, base_url: str) -> Mapping[str, str]:
    return {
        "app.json": _written(app(catalog, base_url)),
        "package.json": _written(_package()),
        "index.js": INDEX,
        "README.md": README.format(base_url=base_url, core=CORE, node=NODE),
        ".gitignore": IGNORED,
    }


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
        "connectionLabel": code.function(code.LABEL),
    }


def _package() -> dict[str, Any]:
    return {
        "name": "hookline-zapier",
        "version": VERSION,
        "description": "SMS through your own phones and gateways.",
        "private": True,
        "main": "index.js",
        "engines": {"node": f">={NODE}"},
        "dependencies": {"zapier-platform-core": CORE},
    }


def _written(found: Mapping[str, Any]) -> str:
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


PLATFORM = Platform(
    key="zapier",
    label="Zapier",
    description="Makes a private Zapier integration to push with Zapier's own tool.",
    compile=compile,
)
