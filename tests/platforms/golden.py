"""The compiled files as they are kept; `python -m tests.platforms.golden [KEY …]` renews them.

A kept file is what users have installed. A difference is either wanted, and then seen in a
review, or a name that moved by accident and breaks what they built on it.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path

from integration import discovery

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
BASE_URL = "https://sms.example.com"
MOST_LINES = 60
ADVICE = """\
The compiled files of {key} are not the kept ones. Where a key (of a trigger, an action, a search
or a field) was renamed or is gone, everything that users built with it stops working: keep the old
key and add the new one beside it. Where the change is wanted, look at the difference, run
`python -m tests.platforms.golden {key}` and commit what it wrote.
"""


def folder(key: str) -> Path:
    return HERE / key / "golden"


def compiled(key: str) -> dict[str, bytes]:
    """The files of one platform for `BASE_URL`, by relative path."""
    catalog = discovery.load()
    files = catalog.platform(key).compile(catalog, BASE_URL)
    return {path: _bytes(content) for path, content in files.items()}


def kept(key: str) -> dict[str, bytes]:
    places = sorted(path for path in folder(key).rglob("*") if path.is_file())
    return {path.relative_to(folder(key)).as_posix(): path.read_bytes() for path in places}


def assert_unchanged(key: str) -> None:
    was, now = kept(key), compiled(key)
    assert was == now, complaint(key, was, now)


def complaint(key: str, was: dict[str, bytes], now: dict[str, bytes]) -> str:
    """The difference, and what it means for those who use the app."""
    return "\n".join([ADVICE.format(key=key), *differences(was, now)])


def differences(was: dict[str, bytes], now: dict[str, bytes]) -> Iterator[str]:
    for path in sorted(was.keys() | now.keys()):
        old, new = was.get(path, b""), now.get(path, b"")
        if old == new:
            continue
        yield f"{path}: {'gone' if path not in now else 'new' if path not in was else 'changed'}"
        yield from list(unified_diff(_lines(old), _lines(new), "kept", "compiled", "", "", 2, ""))[
            :MOST_LINES
        ]


def write(key: str) -> None:
    files = compiled(key)
    shutil.rmtree(folder(key), ignore_errors=True)
    for path, content in files.items():
        place = folder(key) / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    print(f"{key}: {len(files)} files in {folder(key).relative_to(ROOT)}")


def _bytes(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content


def _lines(content: bytes) -> list[str]:
    return content.decode(errors="replace").splitlines()


if __name__ == "__main__":
    for wanted in sys.argv[1:] or discovery.load().platforms:
        write(wanted)
