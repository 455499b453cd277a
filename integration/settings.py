"""The settings: the only place that reads the environment."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Self

from marshmallow import ValidationError

from integration import discovery
from integration.kernel.errors import SettingsError
from integration.kernel.fields import Url
from integration.kernel.redis_address import redis_address
from integration.kernel.setting_types import (
    address,
    api_key,
    flag,
    key_text,
    key_texts,
    level,
    one_of,
    region,
    text,
    whole,
)
from integration.kernel.specs import Provider
from integration.store import lifetimes


def setting(default: Any, read: Callable[[str], Any], help: str) -> Any:
    """One setting: its default, the reader of its text, its meaning."""
    return field(default=default, metadata={"read": read, "help": help})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Every setting, read and checked; a field's variable is its name in capitals.

    Each variable may also come from a file: `SECRET_KEY_FILE=/run/secrets/key` stands for
    `SECRET_KEY`.
    """

    port: int = setting(8000, whole(1, 65535), "Port of the web process.")
    host: str = setting("127.0.0.1", text, "Address the web process listens on.")
    redis_url: str = setting("", redis_address, "The Redis-compatible server that keeps all.")
    store_replicas: int = setting(
        0, whole(0, 10), "Replicas of the store that hold what is acknowledged."
    )
    secret_key: str = setting("", key_text, "Encrypts credentials and derives ingress tokens.")
    old_secret_keys: tuple[str, ...] = setting(
        (), key_texts, "Earlier SECRET_KEYs, which still open what they sealed."
    )
    public_url: str = setting("", address, "Our address as providers and platforms see it.")
    hookline_api_key: str = setting("", api_key, "An API key of the default workspace.")
    providers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """By provider, the settings of the default workspace's account, read by its own schema."""
    sync_interval: int = setting(30, whole(1, 86400), "Seconds between upstream inbound polls.")
    allow_private_targets: bool = setting(
        False, flag, "Lets hooks and media URLs point at private addresses (development)."
    )
    sandbox: bool = setting(False, flag, "Connects the default workspace to the sandbox.")
    sandbox_url: str = setting("", address, "Where the sandbox answers; `make run` sets it.")
    retention_days: int = setting(30, whole(1, 3650), "Days for events, ended jobs, deliveries.")
    retention_events: int = setting(100_000, whole(1, 10_000_000), "Events a workspace keeps.")
    media_hours: int = setting(
        72, whole(0, lifetimes.MEDIA_HOURS), "Hours that a link to a received file opens; 0: none."
    )
    media_item_kb: int = setting(1024, whole(0, 8192), "KiB of the largest file that is kept.")
    media_workspace_kb: int = setting(
        5120, whole(0, 1_048_576), "KiB of the files that are kept for one workspace."
    )
    rate_limit: int = setting(600, whole(1, 1_000_000), "Requests a minute for one API key.")
    backlog: int = setting(100_000, whole(1, 10_000_000), "Jobs a workspace may have waiting.")
    operator_key: str = setting("", key_text, "Opens /v1/workspaces, where workspaces are made.")
    default_region: str = setting("", region, "Country of national numbers, such as US.")
    trusted_proxies: int = setting(
        0, whole(0, 10), "How many proxies in front of us add to X-Forwarded-For."
    )
    web_concurrency: int = setting(2, whole(1, 64), "Web processes.")
    worker_concurrency: int = setting(2, whole(1, 64), "Processes that run actions.")
    log_level: str = setting("INFO", level, "DEBUG, INFO, WARNING or ERROR.")
    log_format: str = setting("plain", one_of("plain", "json"), "Form of the lines of the log.")
    metrics_token: str = setting("", text, "What /metrics asks of its readers.")

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Self:
        """Reads the environment; SettingsError names the variable that is wrong and the mend."""
        source = os.environ if env is None else env
        given = {one.name: _read(one, source) for one in fields(cls) if one.metadata}
        kinds = discovery.load().providers.items()
        return cls(**given, providers={key: account(kind, source) for key, kind in kinds})

    @property
    def keep_seconds(self) -> int:
        """How long a delivery is kept after it was asked for."""
        return self.retention_days * 86_400

    @property
    def media_seconds(self) -> int:
        """How long a link to a received file opens, and the file is kept; 0 where none is given.
        No file outlives its message, and without PUBLIC_URL a link would lead nowhere."""
        return min(self.media_hours * 3600, self.keep_seconds) if self.public_url else 0

    @property
    def keep_jobs_seconds(self) -> int:
        """How long a job is kept after it ended. The log of sends must not outlive it: a look-up
        tells equal texts apart by their jobs."""
        return max(self.keep_seconds, lifetimes.SENDS_SECONDS)

    def require_store(self) -> Self:
        """Refuses to start where a server process lacks its store or its secret key."""
        if not self.redis_url:
            raise SettingsError(
                "REDIS_URL is not set; set it to your server, such as redis://localhost:6379/0,"
                " or use `make run`, which brings its own."
            )
        if not self.secret_key:
            raise SettingsError(
                "SECRET_KEY is not set; set it to 32 or more random characters and keep it,"
                " since stored credentials cannot be read without it."
            )
        return self


OWN = frozenset(each.name for each in fields(Settings))
"""The settings that belong to no provider."""


def variable(provider: type[Provider], name: str) -> str:
    """The environment variable of one of a provider's settings, such as PAIRFON_API_KEY."""
    return f"{provider.key}_{name}".upper()


def account(provider: type[Provider], source: Mapping[str, str]) -> Mapping[str, Any]:
    """Returns what the environment names of one account; where it names nothing that
    the provider requires, it names no account."""
    schema = provider.settings()
    given = {}
    for name, each in schema.fields.items():
        if variable(provider, name).lower() in OWN:
            raise SettingsError(
                f"providers/{provider.key}.py would read {variable(provider, name)}, which is a"
                " setting of Hookline itself; give the provider's file another name."
            )
        raw = _text_of(variable(provider, name), source)
        is_address = raw and isinstance(each, Url)
        given[name] = _checked(variable(provider, name), address, raw) if is_address else raw
    try:
        named = any(given[name] for name in provider.required())
        return dict(schema.load(given, partial=not named))
    except ValidationError as error:
        name, [message, *_] = next(iter(error.messages_dict.items()))
        raise SettingsError(f"{variable(provider, name)} is not valid: {message}") from error


def _read(one: Any, source: Mapping[str, str]) -> Any:
    name = one.name.upper()
    raw = _text_of(name, source)
    if not raw:
        return one.default
    return _checked(name, one.metadata["read"], raw)


def _checked(name: str, read: Callable[[str], Any], raw: str) -> Any:
    try:
        return read(raw)
    except ValueError as error:
        raise SettingsError(f"{name} {error}") from error


def _text_of(name: str, source: Mapping[str, str]) -> str:
    path = source.get(f"{name}_FILE", "").strip()
    if not path:
        return source.get(name, "").strip()
    if source.get(name, "").strip():
        raise SettingsError(f"{name} and {name}_FILE are both set; remove one of them.")
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{name}_FILE names a file that cannot be read: {path}.") from error
