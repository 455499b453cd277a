"""Dropdowns of forms: phones, groups, senders and connections are chosen and not typed."""

from __future__ import annotations

import re

import pytest

from proofs.rig.stack import World
from tests.console.visitor import Visitor


def options(user: Visitor, path: str, field: str) -> dict[str, str]:
    """The rows of a form's field, by their ids."""
    page = user.get(path).text
    found = re.search(
        rf'<(?:select|datalist) id="[fl]-{field}".*?</(?:select|datalist)>', page, re.DOTALL
    )
    rows = re.findall(r'<option value="([^"]+)"[^>]*>(.*?)</option>', found[0] if found else "")
    return dict(rows)


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/console/jobs/new/send-sms", "device_fingerprint"),
        ("/console/jobs/new/remove-device", "device_fingerprint"),
        ("/console/hooks/new", "device_fingerprint"),
    ],
)
def test_phones_are_chosen_from_a_list(user: Visitor, world: World, path: str, field: str) -> None:
    world.connect_pairfon()
    assert list(options(user, path, field)) == ["sandbox-phone-1"]


def test_groups_and_senders_are_offered_and_other_senders_may_be_typed(
    user: Visitor, world: World
) -> None:
    world.connect_cloud()
    assert options(user, "/console/jobs/new/add-contact", "group_id")
    assert options(user, "/console/jobs/new/send-sms", "sender_id")
    page = user.get("/console/jobs/new/send-sms").text
    assert re.search(r'<input id="f-sender_id" [^>]*list="l-sender_id"', page)


def test_connections_of_one_name_have_different_labels(user: Visitor, world: World) -> None:
    ids = [world.connect_pairfon(label="Shop"), world.connect_cloud(label="Shop")]
    rows = options(user, "/console/jobs/new/send-sms", "connection")
    assert list(rows) == ids
    assert len(set(rows.values())) == 2


def test_an_account_that_is_silent_leaves_a_field_to_type_in(user: Visitor, world: World) -> None:
    world.connect_pairfon()
    # Every call: the first look at a new account lists its phones too.
    world.fault("hang", "/devices", times=0)
    page = user.get("/console/jobs/new/send-sms").text
    assert re.search(r'<input id="f-device_fingerprint" [^>]*type="text"', page)


def test_what_was_given_stays_though_no_account_lists_it(user: Visitor, world: World) -> None:
    world.connect_pairfon()
    path, token = "/console/jobs/new/send-sms", user.token()
    answer = user.post(path, csrf=token, phone="12", device_fingerprint="another-phone")
    assert '<option value="another-phone" selected>' in answer.text
