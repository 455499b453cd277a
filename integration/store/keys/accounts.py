"""Keys of accounts: workspaces, API keys, connections, and what may be called how often."""

from __future__ import annotations

from functools import partial

from integration.store.key import USER_DATA, Key

_key = partial(Key, owner="accounts")

WORKSPACES = _key(
    "workspaces", "hl:workspaces", "set", "Names of all workspaces.", permanent=USER_DATA
)()
API_KEYS = _key(
    "api_keys",
    "hl:api-keys",
    "hash",
    "Digest of each API key: its record as JSON.",
    permanent=USER_DATA,
)()
workspace_api_keys = _key(
    "workspace_api_keys",
    "hl:ws:{<workspace>}:api-keys",
    "hash",
    "Id of each API key of the workspace: its digest.",
    permanent=USER_DATA,
)
CONNECTIONS = _key(
    "connections", "hl:connections", "set", "Ids of all connections.", permanent=USER_DATA
)()
workspace_connections = _key(
    "workspace_connections",
    "hl:ws:{<workspace>}:connections",
    "sorted set",
    "Ids of the workspace's connections, by when they were made (ms).",
    permanent=USER_DATA,
)
connections_stamp = _key(
    "connections_stamp",
    "hl:ws:{<workspace>}:connections:stamp",
    "string",
    "A random text that changes with every change of the workspace's connections.",
    permanent=USER_DATA,
)
connection = _key(
    "connection",
    "hl:connection:<connection>",
    "hash",
    "One connection; its credentials are sealed.",
    permanent=USER_DATA,
)
quota = _key(
    "quota",
    "hl:quota:<subject>",
    "string",
    "Calls of an API key or an address that still count against a limit, packed.",
    expires="the length of the limit after the last call",
)
permits = _key(
    "permits",
    "hl:permits:<connection>",
    "hash",
    "What the provider allows this connection now, and how much of it is used.",
    expires="an hour after the last call",
)
console_session = _key(
    "console_session",
    "hl:console:session:<digest>",
    "string",
    "Who is signed in to the console with the cookie of this digest, as JSON.",
    owner="web/console",
    expires="2 hours after its last request, and 12 hours after sign-in",
)
