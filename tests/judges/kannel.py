"""A real Kannel: bearerbox, smsbox, and its simulated SMS centre with its own client.

`apt-get install kannel kannel-extras` brings all of it.
"""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

from proofs.rig.ports import free_port
from proofs.rig.sandbox import until
from proofs.rig.spawn import spawn

CLIENT = "/usr/lib/kannel/test/fakesmsc"
MISSING = "There is no Kannel on this machine (apt-get install kannel kannel-extras)."
CAME, GONE = "Fakesmsc client connected", "EOF from fakesmsc client"
USER, PASSWORD = "tester", "pw_0123456789abcdef"
GET_URL = "?id=%I&from=%p&to=%P&text=%b&charset=%C&time=%t"
"""What docs/providers/http-gateway.md tells people to write."""
_GOT = re.compile(r"Got message \d+: <(\S+) (\S+) (\S+) (.*)>$", re.MULTILINE)
_CORE = """
group = core
admin-port = {admin}
admin-password = {password}
smsbox-port = {boxes}
log-file = "{folder}/bearerbox.log"
log-level = 0
box-allow-ip = 127.0.0.1
admin-allow-ip = 127.0.0.1

group = smsc
smsc = fake
smsc-id = FAKE
port = {centre}
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {sends}
log-file = "{folder}/smsbox.log"
log-level = 0
mo-recode = {recode}

group = sendsms-user
username = {user}
password = {password}
default-sender = 13013
max-messages = 10
concatenation = true

group = sms-service
keyword = default
catch-all = true
max-messages = 0
get-url = "{get_url}"
"""


def is_installed() -> bool:
    return all(shutil.which(each) for each in ("bearerbox", "smsbox")) and Path(CLIENT).exists()


class Kannel:
    """Both boxes on ports of their own. `centre` is where the client of the SMS centre connects."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._clients = folder, 0
        self.sends, self.centre = free_port(), free_port()
        self._ports = {"admin": free_port(), "boxes": free_port()}
        self.url = f"http://127.0.0.1:{self.sends}"
        self._write("http://127.0.0.1:9/", recode=True)
        self._bearerbox = self._run("bearerbox")
        until(lambda: _listens(self._ports["boxes"]), f"bearerbox; {self.log()}")
        # A probe counts as a client, so there is one only before the first text.
        until(lambda: _listens(self.centre), "the SMS centre")
        until(lambda: self._seen(GONE) == 1, "the end of the probe")
        self._start_smsbox()

    def call(self, ingress: str, *, recode: bool = True) -> None:
        """Let what comes in go to this address of ours; smsbox starts again for it."""
        self._smsbox.terminate()
        self._smsbox.wait(60)
        self._write(ingress, recode=recode)
        self._start_smsbox()

    def _start_smsbox(self) -> None:
        self._smsbox = self._run("smsbox")
        until(lambda: _listens(self.sends), f"smsbox; {self.log()}")

    @contextmanager
    def client(self, *message: str) -> Iterator[Client]:
        """A connected SMS centre. Its message, if any, is one that somebody sends to us."""
        self._clients += 1
        came, left = self._seen(CAME), self._seen(GONE)
        made = Client(self.centre, self.folder / f"client-{self._clients}.log", *message)
        try:
            until(lambda: self._seen(CAME) > came, "the client")
            yield made
        finally:
            made.stop()
            # Until Kannel sees it, the next text would go to a client that is gone.
            until(lambda: self._seen(GONE) > left, "the end of the client")

    def _seen(self, words: str) -> int:
        """How often Kannel saw a client come or go."""
        return (self.folder / "bearerbox.log").read_text(errors="replace").count(words)

    def stop(self) -> None:
        for each in (self._smsbox, self._bearerbox):
            each.terminate()
            each.wait(60)

    def log(self) -> str:
        return "\n".join(each.read_text() for each in sorted(self.folder.glob("*.out")))

    def _write(self, ingress: str, *, recode: bool) -> None:
        known: dict[str, Any] = {"folder": self.folder, "user": USER, "password": PASSWORD}
        known |= {"sends": self.sends, "centre": self.centre, **self._ports}
        known |= {"get_url": ingress + GET_URL, "recode": str(recode).lower()}
        (self.folder / "kannel.conf").write_text(_CORE.format(**known).lstrip())

    def _run(self, program: str) -> subprocess.Popen[Any]:
        with (self.folder / f"{program}.out").open("a") as log:
            command = [str(shutil.which(program)), str(self.folder / "kannel.conf")]
            return spawn(command, stdout=log, stderr=log, cwd=self.folder)


class Client:
    """Kannel's own fakesmsc: sends us its message and writes down what it is given."""

    def __init__(self, port: int, log: Path, *message: str) -> None:
        self._log = log
        command = [CLIENT, "-H", "127.0.0.1", "-r", str(port), "-i", "0.1"]
        command += ["-m", "1" if message else "0", message[0] if message else "1 2 text none"]
        with log.open("w") as out:
            self._process = spawn(command, stdout=out, stderr=out)

    def got(self) -> list[tuple[str, str, str]]:
        """Sender, receiver and text of each message that the SMS centre was given."""
        found = _GOT.findall(self._log.read_text(errors="replace"))
        return [(sender, to, _read(kind, words)) for sender, to, kind, words in found]

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(60)


def _read(kind: str, words: str) -> str:
    if kind != "ucs-2":
        return words
    return unquote_to_bytes(words.replace("+", " ")).decode("utf-16-be")


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
