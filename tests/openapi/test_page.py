"""The page of the document: all of it, from here alone, for small screens too."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.openapi.routes import without_a_store

CLIENT = without_a_store().test_client()
PAGE = CLIENT.get("/docs")
TEXT = PAGE.get_data(as_text=True)
DOCUMENT = CLIENT.get("/openapi.json").get_json()
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or ""
NARROW = 400
MEASURE = (
    "<script>document.querySelectorAll('details').forEach(each => each.open = true);"
    "document.title = JSON.stringify([innerWidth, document.documentElement.scrollWidth])</script>"
)


def test_every_operation_stands_on_the_page() -> None:
    for methods in DOCUMENT["paths"].values():
        for operation in methods.values():
            assert f'id="{operation["operationId"]}"' in TEXT


def test_every_link_within_the_page_leads_somewhere() -> None:
    wanted = set(re.findall(r'href="#([^"]+)"', TEXT))
    ids = re.findall(r'id="([^"]+)"', TEXT)
    assert wanted <= set(ids)
    assert len(ids) == len(set(ids))


def test_nothing_is_loaded_from_elsewhere() -> None:
    assert re.findall(r'(?:src|href)="(?!#)([^"]*)"', TEXT) == ["data:,", "/openapi.json"]
    assert "url(" not in TEXT
    assert "<script" not in TEXT


def test_the_policy_lets_nothing_run_and_knows_the_style_by_its_hash() -> None:
    policy = PAGE.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "style-src 'sha256-" in policy
    assert "unsafe" not in policy
    assert ' style="' not in TEXT


@pytest.mark.page
@pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium to open the page with")
def test_it_fits_a_narrow_screen(tmp_path: Path) -> None:
    page, frame = tmp_path / "page.html", tmp_path / "frame.html"
    page.write_text(TEXT.replace("</body>", f"{MEASURE}</body>"), encoding="utf-8")
    # A window cannot be made that narrow, a frame in it can.
    frame.write_text(
        f'<iframe src="page.html" width="{NARROW}" height="800" style="border:0"'
        ' onload="document.body.append(this.contentDocument.title)"></iframe>'
    )
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"]
    command += ["--allow-file-access-from-files", f"--user-data-dir={tmp_path / 'profile'}"]
    dump = subprocess.run(
        [*command, frame.as_uri()], capture_output=True, text=True, timeout=120, check=True
    ).stdout
    found = re.search(r"\[\d+,\d+\]", dump)
    assert found, dump[-500:]
    inner, needed = json.loads(found.group())
    assert inner == NARROW
    assert needed <= NARROW
