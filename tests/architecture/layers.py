"""The layers of the house: what may use what."""

from __future__ import annotations

EXTENSIONS = ("triggers", "actions", "options", "providers", "platforms")
_I = "integration."

# From the ground up. A row holds neighbours: none of them imports another. Modules in one set
# are one part, free among themselves. The longest name that fits a module decides.
LAYERS: list[list[set[str]]] = [
    [{_I + "kernel"}],
    [{_I + "schema"}],
    [{name} for name in EXTENSIONS],
    [{_I + "store"}, {_I + "discovery"}],
    [{_I + "settings"}],
    [{_I + "outbound"}],
    [{_I + "services"}],
    [{_I + "runtime"}],
    [{_I + "accounts"}],
    [{_I + "hooks"}, {_I + "opt_outs"}, {_I + "media"}],
    [{_I + "inbound"}, {_I + "jobs"}],
    [{_I + "delivery"}],
    [{_I + "activity"}],
    [{_I + "upkeep"}],
    [{_I + "web.core"}],
    [{_I + "web.api"}],
    [{_I + "web.openapi"}, {_I + "web.mcp"}],
    [{_I + "web.apps"}],
    [{_I + "web.console"}],
    [
        {_I + "gunicorn_conf"},
        {_I + "app", _I + "cli", _I + "worker", _I + "scheduler", _I + "background", _I + "web"},
    ],
    [{"wsgi"}],
    # Programs of their own, and what stands around all of them.
    [{"sandbox"}, {"launch"}],
    [{"proofs", "proofs.rig"}],
    [{"proofs.alerts"}, {"proofs.attacks"}, {"proofs.bench"}, {"proofs.chaos"}, {"proofs.mutants"}],
    [{"tests"}],
]
