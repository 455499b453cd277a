"""The layers of the house: what may use what."""

from __future__ import annotations

EXTENSIONS = ("triggers", "actions", "options", "providers", "platforms")

# From the ground up. A row holds neighbours: none of them imports another. Modules in one set
# are one part, free among themselves. The longest name that fits a module decides.
LAYERS: list[list[set[str]]] = [
    [{"integration.kernel"}],
    [{name} for name in EXTENSIONS],
    [
        {
            "integration.broken",
            "integration.clock",
            "integration.keys",
            "integration.leash",
            "integration.log",
            "integration.outbound",
            "integration._pinned",
            "integration._provider_answers",
            "integration.provider_http",
            "integration.setting_readers",
            "integration.settings",
            "integration.store",
            "integration.store_check",
            "integration.vault",
        }
    ],
    [{"integration.discover"}, {"integration.line"}, {"integration.wire"}],
    [{"integration.parent", "integration.process", "integration.services"}],
    [{"integration.accounts"}],
    [{"integration.web"}],
    [{"integration.events"}, {"integration.jobs"}],
    [
        # Pages of the API that need both ways, or neither.
        {"integration.accounts.routes"},
        {"integration.catalog_routes"},
        {"integration.health"},
        {"integration.ingress"},
        {"integration.mcp"},
        {"integration.metrics"},
        {"integration.seed_routes"},
    ],
    [{"integration.docs_page", "integration.openapi_routes"}],
    [{"integration.exports"}],
    [{"integration.console"}],
    [
        {
            "integration.app",
            "integration.background",
            "integration.cli",
            "integration.cli_commands",
            "integration.gunicorn_conf",
            "integration.scheduler",
            "integration.worker",
        }
    ],
    [{"wsgi"}],
]
