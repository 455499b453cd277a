"""The form of a connection and what its page says of the settings: each is there once."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from flask.testing import FlaskClient

from integration import discovery
from integration.accounts import connections
from integration.accounts.workspaces import DEFAULT
from integration.kernel.catalog import dashed
from integration.kernel.fields import Secret
from integration.services import Services

PROVIDERS = discovery.load().providers
SERVED = [key for key, kind in PROVIDERS.items() if kind.sandbox]


def connected(services: Services, provider: str) -> str:
    kind = services.catalog.provider(provider)
    settings = kind.settings().load({"base_url": "http://127.0.0.1:9", **kind.sandbox})
    made = connections.make(workspace=DEFAULT, provider=provider, label="Shop", settings=settings)
    connections.save(services, made)
    return f"/console/connections/{made.id}"


def names(page: str) -> Counter[str]:
    return Counter(re.findall(r'<(?:input|select|textarea)\b[^>]*? name="(\w+)"', page))


@pytest.mark.parametrize("provider", SERVED)
def test_each_setting_has_one_field(own: Services, admin: FlaskClient, provider: str) -> None:
    wanted = Counter(["label", *PROVIDERS[provider].settings().fields])
    for path in (
        f"/console/connections/new/{dashed(provider)}",
        connected(own, provider) + "/edit",
    ):
        found = names(admin.get(path).text)
        assert {name: found[name] for name in wanted} == wanted, path


@pytest.mark.parametrize("provider", SERVED)
def test_a_secret_is_said_to_be_stored_only_where_it_is(
    own: Services, admin: FlaskClient, provider: str
) -> None:
    kind = PROVIDERS[provider]
    page = admin.get(connected(own, provider)).text
    said = re.findall(r"<dt>([^<]+)</dt><dd[^>]*>\s*•+ \(encrypted\)", page)
    fields = kind.settings().fields.items()
    secret = {name: each.metadata["label"] for name, each in fields if isinstance(each, Secret)}
    assert said == [label for name, label in secret.items() if kind.sandbox.get(name)]


@pytest.mark.parametrize("provider", SERVED)
def test_the_field_for_a_key_is_in_sight(admin: FlaskClient, provider: str) -> None:
    """A form whose every secret is optional still needs one of them; none is folded away."""
    page = admin.get(f"/console/connections/new/{dashed(provider)}").text
    in_sight = re.sub(r'<details class="more">.*?</details>', "", page, flags=re.DOTALL)
    assert 'type="password"' in in_sight
