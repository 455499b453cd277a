"""A life among canaries: every feature used once, and made to fail, with secrets in each field."""

from __future__ import annotations

import contextlib
import json
import random
from typing import Any

import requests

from proofs.attacks.inbound_wire import exchange
from proofs.rig.receiver import Listener
from proofs.rig.sandbox import until
from proofs.rig.stack import Stack

Fields = dict[str, Any]
FAULTS = (400, 401, 403, 404, 422, 429, 500, 502, 503)


class Life:
    """One workspace whose every secret is a canary; counts errors that name one unasked."""

    def __init__(self, stack: Stack, seed: int) -> None:
        chance = random.Random(seed)
        self.stack, self.world = stack, stack.workspace()
        self.tag = f"{chance.getrandbits(64):016x}"
        self.phone = f"+1415555{chance.randrange(1000, 9999)}"
        self.text = f"canary-text-{self.tag}"
        self.token = f"canary-query-{self.tag}"
        self.world.pairfon_key = f"pf_canary_{self.tag}"
        self.world.cloud_key = f"cm_canary_{self.tag}"
        self.secrets: list[str] = []
        self.answers = self.errors = self.echoed = 0

    def sealed(self) -> list[str]:
        """What may not even lie in the store in clear."""
        keys = [self.world.key, self.world.pairfon_key, self.world.cloud_key]
        return [*keys, self.token, *self.secrets, self.stack.settings["SECRET_KEY"]]

    def all(self) -> list[str]:
        return [*self.sealed(), self.phone[1:], self.text]

    def lap(self) -> None:
        """Everything once: set up, texts in and out, refusals, malformed calls, kills."""
        self.world.connect_pairfon()
        # A minute's limit, or a minute's pause after a 429, would leave the later laps nothing.
        self.world.control("PUT", "settings", {"rate_limit": 1_000_000})
        self.world.connect_cloud()
        self._hooks()
        self._inbound()
        self._sends()
        self._malformed()
        self._killed()

    def call(self, verb: str, path: str, **more: Any) -> requests.Response:
        """An API call; an error may name nothing but what this very call gave."""
        answer = self.world.call(verb, path, **more)
        self.answers += 1
        if answer.status_code >= 400:
            self.errors += 1
            given = f"{path} {more}"
            foreign = [each for each in self.all() if each not in given]
            # No error may name even the caller's own credential.
            self.echoed += sum(each in answer.text for each in [*foreign, self.world.key])
        return answer

    def _hooks(self) -> None:
        """Hooks that work, that fail, and whose host is not there."""
        listener = Listener()
        listener.codes += [500, 404, 301]
        for url in (f"{listener.url}?token={self.token}", f"http://127.0.0.1:9/?t={self.token}"):
            body = {"target_url": url, "trigger": "inbound-sms", "description": "canary"}
            made = self.call("POST", "/v1/hooks", json=body).json()
            self.secrets.append(made["secret"].removeprefix("whsec_"))
            self.call("POST", f"/v1/hooks/{made['id']}/test")
            self.call("GET", f"/v1/hooks/{made['id']}/deliveries")
            self.call("PATCH", f"/v1/hooks/{made['id']}", json={"target_url": f"ftp://{url}"})
        listener.close()
        self.call("POST", "/v1/hooks", json={"target_url": f"https://no.invalid/{self.token}"})
        self.call("DELETE", "/v1/hooks", params={"target_url": url})

    def _inbound(self) -> None:
        """A text, an unreadable webhook, a wrong token, and polls of all kinds."""
        self.world.inject(self.text, phone=self.phone)
        until(self.world.inbox, "the canary's text")
        ingress = self.world.get("/v1/connections")["data"][0]["ingress_url"]
        self.secrets.append(ingress.rpartition("-")[2])
        for address in (ingress, ingress[:-3] + "aaa"):
            for body in (f'{{"phone": "{self.phone}", "text": ', f'["{self.text}"]', "NaN"):
                requests.post(address, data=body, timeout=10)
        for query in ({"phone": self.phone}, {"contains": self.text}, {"cursor": self.text}):
            self.call("GET", "/v1/triggers/inbound-sms", params=query)

    def _sends(self) -> None:
        """Texts that the provider takes, refuses while naming them, or leaves in the dark."""
        for code in (None, *FAULTS):
            if code:
                message = f"Refused {self.phone} {self.text} {self.world.pairfon_key}"
                fault: Fields = {"kind": "status", "code": code, "body": {"message": message}}
                fault |= {"headers": {"Retry-After": "1"}} if code == 429 else {}
                self.world.control("POST", "faults", fault)
            body = {"phone": self.phone, "message": f"{self.text} {code}", "wait": 1}
            self.call("POST", "/v1/actions/send-sms", json=body)
            self.call("GET", "/v1/searches/find-message", params={"phone": self.phone})
            self.call("GET", "/v1/options/devices")

    def _malformed(self) -> None:
        """Bodies, headers and request lines that cannot be read, with canaries in them."""
        whole = json.dumps({"phone": self.phone, "message": self.text})
        for body in (whole[:-1], f"{whole}{whole}", f'"{self.text}"', whole.replace(":", "")):
            headers = {"Content-Type": "application/json"}
            self.call("POST", "/v1/actions/send-sms", data=body, headers=headers)
        odd: list[Fields] = [{"phone": self.text}, {self.text: 1}, {"phone": [self.phone, 7]}]
        for given in odd:
            self.call("POST", "/v1/actions/send-sms", json=given)
        for path in (f"/v1/jobs/{self.text}", f"/v1/{self.token}", f"/v1/me?key={self.world.key}"):
            self.call("GET", path)
        for line in (f"GET /{self.token} HTTP/9.9", f"G\xe9T /?{self.token} HTTP/1.1", self.token):
            self._raw(f"{line}\r\nAuth orization: {self.world.key}\r\n\r\n")

    def _raw(self, text: str) -> None:
        reply = exchange(self.stack.port, [text.encode("latin-1")])
        self.echoed += any(each.encode() in reply.body for each in self.all())

    def _killed(self) -> None:
        """The web and the workers die while texts are on their way."""
        for number in range(5):
            body = {"phone": self.phone, "message": f"{self.text} killed {number}"}
            self.call("POST", "/v1/actions/send-sms", json=body)
        for name in ("worker", "web"):
            self.stack.kill(name)
            self.stack.start(name)
        until(self.stack.is_ready, "the service after the kills")
        with contextlib.suppress(requests.RequestException):
            self.call("GET", "/v1/jobs")
