"""Files of received messages on a page: what can be shown, and why another one is not there."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from integration.kernel.media import PICTURES
from integration.media import records
from integration.web.core.current import services, workspace

LINK = re.compile(
    r"https?://[^/]+.*?(/media/\w+/med_[0-9a-f]{24}/[0-9a-f]+-[a-z2-7]{32}/[a-z0-9.]+)"
)
SAID = {
    records.WAITING: "It is being fetched.",
    records.ASKED: "It is fetched when its link is opened.",
    records.BROUGHT: "It has not arrived.",
    records.KEPT: "",
    records.LEFT: "There was no room to keep it; its link asks the provider.",
    records.FAILED: "It could not be fetched.",
}
OVER = "It is no longer kept."


def local(url: str) -> str:
    """The path of a link to a file, so that a page shows nothing of another host, whatever
    PUBLIC_URL was when the link was made. "" for any other address."""
    found = LINK.fullmatch(url)
    return found[1] if found else ""


def is_picture(item: Mapping[str, Any]) -> bool:
    return bool(local(item["url"])) and item["content_type"] in PICTURES


def said(media: Sequence[Mapping[str, Any]]) -> list[str]:
    """For each file of an event a sentence on where it is, "" where that is plain."""
    ids = [str(each.get("id", "")) for each in media]
    found = dict(zip(ids, records.several(services(), workspace(), ids), strict=True))
    return [_said(each, found[id]) for id, each in zip(ids, media, strict=True)]


def _said(item: Mapping[str, Any], record: records.Record | None) -> str:
    if not item.get("id"):
        return str(item.get("reason") or "")
    return f"{SAID.get(record.state, '')} {record.reason}".strip() if record else OVER
