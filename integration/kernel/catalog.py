"""The catalog: every trigger, action, search, dropdown, provider and platform we know."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from integration.kernel.errors import NotFound
from integration.kernel.specs import Action, Options, Platform, Provider, Search, Trigger

Spec = TypeVar("Spec")


@dataclass(frozen=True, kw_only=True)
class Catalog:
    """Every extension by its key. Keys are snake_case; addresses write the same words with
    dashes."""

    triggers: Mapping[str, Trigger]
    actions: Mapping[str, Action]
    searches: Mapping[str, Search]
    options: Mapping[str, Options]
    providers: Mapping[str, type[Provider]]
    platforms: Mapping[str, Platform]

    def trigger(self, key: str) -> Trigger:
        return _find(self.triggers, key, "trigger")

    def action(self, key: str) -> Action:
        return _find(self.actions, key, "action")

    def search(self, key: str) -> Search:
        return _find(self.searches, key, "search")

    def option(self, key: str) -> Options:
        return _find(self.options, key, "dropdown")

    def provider(self, key: str) -> type[Provider]:
        return _find(self.providers, key, "provider")

    def platform(self, key: str) -> Platform:
        return _find(self.platforms, key, "platform")


def dashed(key: str) -> str:
    """Returns a key as addresses write it."""
    return key.replace("_", "-")


def _find(table: Mapping[str, Spec], key: str, what: str) -> Spec:
    found = table.get(key.replace("-", "_"))
    if found is None:
        known = ", ".join(dashed(each) for each in table)
        raise NotFound(f"There is no {what} called '{dashed(key)[:60]}'. Known: {known}.")
    return found
