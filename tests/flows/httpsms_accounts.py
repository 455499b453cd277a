"""httpSMS accounts in a running sandbox."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import requests

from proofs.rig.receiver import Listener
from proofs.rig.sandbox import Sandbox
from providers.httpsms import Httpsms

PATH, SECRET = "/httpsms/v1", "0123456789abcdef0123456789abcdef"
SEND, REFERENCE = "POST /httpsms/v1/messages/send", "job_0123456789abcdef01234567"
OWN, SECOND = "+18005550199", "+18005550188"
PICTURE = "https://example.com/menu.jpg"


def registered(httpsms: Httpsms, listener: Listener) -> None:
    [wanted] = httpsms.wanted_entries(listener.url, SECRET)
    made = httpsms.add_entry(wanted)
    assert httpsms.entries() == [made] == [replace(wanted, id=made.id)]


def asked(sandbox: Sandbox, key: str, method: str, path: str, **more: Any) -> Any:
    """Call the API of the account as its owner or the app would."""
    headers, address = {"x-api-key": key}, sandbox.url + PATH + path
    answer = requests.request(method, address, headers=headers, timeout=90, **more)
    assert answer.ok, answer.text
    return answer.json()["data"]
