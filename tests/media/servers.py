"""Servers with files, as providers have them."""

from __future__ import annotations

from proofs.rig.receiver import Call, Receiver, Reply
from tests.media.keeper import PNG


class Server(Receiver):
    """Answers each path as planned, or else with a picture."""

    def __init__(self) -> None:
        super().__init__()
        self.plan: dict[str, Reply] = {}

    def reply(self, call: Call) -> Reply:
        usual = Reply(headers={"Content-Type": "image/png"}, body=PNG)
        return self.plan.get(call.path, usual)

    def logins(self) -> list[tuple[str, str | None]]:
        return [(each.path, each.headers.get("authorization")) for each in self.all]


def moved(place: str, status: int = 307) -> Reply:
    return Reply(status=status, headers={"Location": place})


def by_name(server: Server, path: str) -> str:
    """The same machine under another host name."""
    return server.base.replace("127.0.0.1", "localhost") + path
