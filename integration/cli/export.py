"""`hookline export`: write a platform's app into a folder; needs no store and no settings."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from integration import discovery
from integration.cli import own_address
from integration.kernel.errors import InvalidInput
from integration.kernel.setting_types import address
from integration.settings import Settings
from integration.web.apps import files


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("platform", metavar="PLATFORM", help="such as zapier, make or n8n")
    parser.add_argument("--base-url", help="the service's public address (PUBLIC_URL)")
    parser.add_argument("--out", type=Path, help="the folder to write (hookline-PLATFORM)")


def run(given: Namespace) -> str:
    """Write the files; returns their paths, one a line."""
    catalog = discovery.load()
    platform = catalog.platform(given.platform)
    made = files.compiled(catalog, platform, _base_url(given.base_url))
    out = given.out or Path(files.folder(platform))
    for path, content in made.items():
        _write(out / path, content)
    return "\n".join(str(out / path) for path in made)


def _base_url(given: str | None) -> str:
    if given is None:
        return own_address.of(Settings.from_env())
    try:
        return str(address(given))
    except ValueError as error:
        raise InvalidInput(f"--base-url {error}") from error


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be written: {error.strerror}.") from error
