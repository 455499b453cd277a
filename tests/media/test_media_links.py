"""What an event names for a received file, and what its link gives to whom."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import pytest

from integration.accounts import connections
from integration.accounts.connections import Connection
from integration.app import create
from integration.inbound import inbox
from integration.media import keeping, records
from integration.services import Services
from integration.store.vault import Vault
from integration.upkeep import rotation
from proofs.rig.receiver import Reply
from tests.delivery.drains import WORKSPACE
from tests.media.keeper import (
    PNG,
    ROOT,
    TOKEN,
    arrives,
    at_twilio,
    fetch_all,
    opened,
    proof,
    public,
    state,
    twilio,
)
from tests.media.servers import Server


def test_an_event_gives_a_link_of_ours_and_the_address_of_the_provider(
    reached: Services, account: Connection, home: Server
) -> None:
    [item] = arrives(reached, account, at_twilio(home.base))["media"]
    assert item["url"].startswith(f"{ROOT}/media/{account.id}/{item['id']}/")
    assert item["url"].endswith("/image.png")
    assert item["provider_url"] == at_twilio(home.base).url
    assert (item["reason"], item["content_type"], item["name"]) == ("", "image/png", None)
    assert TOKEN not in json.dumps(item)


def test_a_link_that_is_opened_before_the_job_ran_fetches_the_file(
    reached: Services, account: Connection, home: Server
) -> None:
    [item] = arrives(reached, account, at_twilio(home.base))["media"]
    assert opened(reached, item["url"]).data == PNG
    assert state(reached, item) == records.KEPT
    fetch_all(reached)
    assert len(home.all) == 1


def test_a_file_of_the_history_is_fetched_only_when_it_is_opened(
    reached: Services, account: Connection, home: Server
) -> None:
    [item] = arrives(reached, account, at_twilio(home.base), quiet=inbox.HISTORY)["media"]
    assert fetch_all(reached) == 0
    assert opened(reached, item["url"]).data == PNG


def test_what_a_person_may_not_run_is_saved_and_nothing_of_it_is_believed(
    reached: Services, account: Connection, home: Server
) -> None:
    shown = {
        "image/png": ("image/png", "inline"),
        "IMAGE/JPEG; q=1": ("image/jpeg", "inline"),
        "video/mp4": ("video/mp4", "inline"),
        "text/vcard": ("text/vcard", "attachment"),
        "application/pdf": ("application/pdf", "attachment"),
        "text/html": ("application/octet-stream", "attachment"),
        "image/svg+xml": ("application/octet-stream", "attachment"),
        "application/xhtml+xml": ("application/octet-stream", "attachment"),
        "": ("image/png", "inline"),
    }
    for place, (kind, (mimetype, way)) in enumerate(shown.items()):
        media = at_twilio(home.base, f"ME{place}")
        path = media.url.removeprefix(home.base)
        home.plan[path] = Reply(headers={"Content-Type": kind}, body=b"<script>1</script>")
        [item] = arrives(reached, account, media, provider_id=f"MM{place}")["media"]
        answer = opened(reached, item["url"])
        assert (answer.mimetype, answer.headers["Content-Disposition"].partition(";")[0]) == (
            mimetype,
            way,
        ), kind
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert "Set-Cookie" not in answer.headers


def test_a_link_that_we_did_not_sign_opens_nothing(
    reached: Services, account: Connection, home: Server
) -> None:
    web = create(reached).test_client()
    [item] = arrives(reached, account, at_twilio(home.base))["media"]
    good = proof(item["url"])
    longer = f"{int(good['expires'], 16) + 1000:x}"
    wrong = [
        {**good, "signature": "a" * 32},
        {**good, "signature": good["signature"][:-1]},
        {**good, "signature": "é" * 32},
        {**good, "expires": longer},
        {**good, "media": "med_" + "0" * 24},
        {**good, "connection": "conn_other"},
    ]
    for each in wrong:
        path = "/media/{connection}/{media}/{expires}-{signature}/{name}".format(**each)
        assert web.get(path).status_code == 404, each
    assert home.all == []


def test_a_link_is_over_after_its_hours(
    reached: Services, account: Connection, home: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    [item] = arrives(reached, account, at_twilio(home.base))["media"]
    later = time.time() + 72 * 3600 + 60
    monkeypatch.setattr("integration.media.opening.wall_ms", lambda: int(later * 1000))
    answer = opened(reached, item["url"])
    assert answer.status_code == 410
    assert "72 hours" in answer.get_json()["message"]


def test_where_links_are_switched_off_events_have_the_providers_address(
    own: Services, home: Server
) -> None:
    for off in (own, public(own, media_hours=0)):
        account = twilio(off, home.base)
        [item] = arrives(off, account, at_twilio(home.base), provider_id=str(id(off)))["media"]
        assert (item["url"], item["id"], item["expires_at"]) == (item["provider_url"], "", None)
        assert fetch_all(off) == 0


def test_a_key_that_was_changed_opens_old_links_and_files(
    reached: Services, account: Connection, home: Server
) -> None:
    [item] = arrives(reached, account, at_twilio(home.base))["media"]
    fetch_all(reached)
    old = reached.settings.secret_key
    changed = replace(reached.settings, secret_key="f" * 32, old_secret_keys=(old,))
    after = replace(reached, settings=changed, vault=Vault("f" * 32, (old,)))
    assert opened(after, item["url"]).data == PNG
    rotation.rotate(after)
    alone = replace(after, vault=Vault("f" * 32))
    found = records.get(alone, WORKSPACE, item["id"])
    assert found
    assert keeping.content(alone, found) == PNG


def test_a_link_ends_with_its_account(reached: Services, account: Connection, home: Server) -> None:
    [item] = arrives(reached, account, at_twilio(home.base))["media"]
    connections.forget(reached, account)
    assert opened(reached, item["url"]).status_code == 410
    fetch_all(reached)
    assert home.all == []
