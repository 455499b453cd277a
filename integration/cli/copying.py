"""`hookline backup FILE` and `hookline restore FILE`; `-` stands for what is piped."""

import os
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from integration.cli import ending, progress
from integration.kernel.errors import InvalidInput
from integration.services import Services
from integration.upkeep.backup import backup
from integration.upkeep.restore import restore

PIPED = "-"


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="the copy; - for a pipe")
    parser.add_argument(
        "--passphrase-file",
        type=Path,
        help="a file with the passphrase that seals the copy (SECRET_KEY does where left out)",
    )


def restore_arguments(parser: ArgumentParser) -> None:
    arguments(parser)
    parser.add_argument("--replace", action="store_true", help="remove what the store holds")


def run_backup(own: Services, given: Namespace) -> Any:
    with _written(given.file) as file:
        found = backup(own, file, _passphrase(given), progress.shown("Copied"))
    return _told(given, found)


def run_restore(own: Services, given: Namespace) -> Any:
    with _opened(given.file) as file:
        return restore(
            own, file, _passphrase(given), progress.shown("Restored"), empties=bool(given.replace)
        )


def _told(given: Namespace, found: dict[str, object]) -> Any:
    """Nothing but the copy itself may go into a pipe."""
    if given.file != PIPED:
        return {"file": given.file, **found}
    print(found, file=sys.stderr)
    return ""


def _passphrase(given: Namespace) -> str | None:
    if given.passphrase_file is None:
        return None
    try:
        found: str = given.passphrase_file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{given.passphrase_file} cannot be read.") from error
    if not found:
        raise InvalidInput(f"{given.passphrase_file} is empty; write the passphrase into it.")
    return found


@contextmanager
def _written(name: str) -> Iterator[IO[str]]:
    """The file, which appears under its name once it is whole; only its owner may read it."""
    if name == PIPED:
        with ending.output():
            yield sys.stdout
        return
    path = Path(name)
    if path.is_dir():
        raise InvalidInput(f"{name} is a folder; name a file in it.")
    part = path.with_name(f".{path.name}.part")
    try:
        opened = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            with os.fdopen(opened, "w", encoding="ascii") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be written: {error.strerror}.") from error


@contextmanager
def _opened(name: str) -> Iterator[IO[str]]:
    """The file, which is read twice; a pipe is therefore kept in a file that has no name."""
    try:
        if name != PIPED:
            with Path(name).open(encoding="ascii", errors="replace") as file:
                yield file
            return
        with tempfile.TemporaryFile("w+", encoding="ascii", errors="replace") as kept:
            number = sys.stdin.fileno()
            with os.fdopen(number, encoding="ascii", errors="replace", closefd=False) as piped:
                for line in piped:
                    kept.write(line)
            kept.seek(0)
            yield kept
    except OSError as error:
        raise InvalidInput(f"{name} cannot be read: {error.strerror}.") from error
