"""A provider's webhook as it came, and the answer to it; proofs of who sent it."""

import hmac
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from integration.kernel import strict_json
from integration.kernel.errors import MalformedBody

USUAL_BYTES = 256 * 1024
"""The size of body that a provider may send unless its class allows more."""
MOST_FIELDS = 2_000
"""Fields of a form. A body of 256 KiB can name 100,000, and reading them would hold up others."""
Pairs = Sequence[tuple[str, str]]
_BOUNDARY = re.compile(r'boundary="?([^";]+)', re.IGNORECASE)
_DISPOSITION = re.compile(r"^content-disposition:(.*)$", re.IGNORECASE | re.MULTILINE)
_NAME = re.compile(r'[;\s](file)?name="?([^";\r]*)', re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class WebhookCall:
    """One request of a provider to our ingress address.

    `url` is the full public address with its query, as signatures cover it: PUBLIC_URL and what
    the request line names. `query` is that query decoded, in its order. `headers` have names in
    lower case. `body` is as it came. `at` is when it arrived: aware UTC, by the service's clock.
    """

    method: str
    url: str = field(repr=False)
    query: Pairs = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    at: datetime

    def json(self) -> Any:
        """The body as JSON, also with a text that was cut within an emoji. MalformedBody for any
        other text, and for a field named twice."""
        return strict_json.parse(self.body, cut=True)

    def text(self) -> str:
        """The body as UTF-8; U+FFFD stands for each byte that is not."""
        return self.body.decode("utf-8", "replace")

    def form(self) -> Pairs:
        """The fields of a form, in their order, blank ones too; of multipart/form-data those that
        are no files. Raises MalformedBody for more than MOST_FIELDS.

        A body that is no form may give any pairs, as with browsers: look for a field by its name.
        """
        kind = self.headers.get("content-type", "")
        if kind.partition(";")[0].strip().lower() == "multipart/form-data":
            return _parts(kind, self.body)
        return pairs(self.text())


@dataclass(frozen=True, kw_only=True)
class WebhookReply:
    """What a provider wants to hear once its webhook is committed; `status` is 200 to 299.

    Browsers may show it under our address: an echo of what a caller sent is `text/plain`.
    """

    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"
    status: int = 200

    def __post_init__(self) -> None:
        if not 200 <= self.status < 300 or (self.status == 204 and self.body):
            raise ValueError("the reply to a committed webhook is a 2xx, and a 204 has no body")


def pairs(text: str) -> Pairs:
    """The fields of a query or of an x-www-form-urlencoded body, as `WebhookCall.form`."""
    if not text:
        return ()
    try:
        return parse_qsl(text, keep_blank_values=True, errors="replace", max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise MalformedBody(f"The form has more than {MOST_FIELDS} fields.") from error


def same(expected: str | bytes, given: str | bytes | None) -> bool:
    """Whether both are equal; the time that it takes tells nothing of where they differ."""
    if given is None:
        return False
    return hmac.compare_digest(_bytes(expected), _bytes(given))


def within(at: datetime, stamp: str | float | None, seconds: float) -> bool:
    """Whether `stamp`, in seconds since 1970, lies at most so many seconds before or after `at`.

    False for text that is no such number, so that a copy of a webhook serves nobody later.
    """
    try:
        return abs(at.timestamp() - float(stamp or "")) <= seconds
    except (ValueError, OverflowError):
        return False


def _bytes(text: str | bytes) -> bytes:
    return text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text


def _parts(kind: str, body: bytes) -> Pairs:
    boundary = _BOUNDARY.search(kind)
    if boundary is None:
        return ()
    # Before the first boundary and behind the last one stands nothing of the form.
    parts = (b"\r\n" + body).split(b"\r\n--" + boundary[1].encode())[1:-1]
    if len(parts) > MOST_FIELDS:
        raise MalformedBody(f"The form has more than {MOST_FIELDS} fields.")
    return [each for part in parts for each in _field(part)]


def _field(part: bytes) -> Iterator[tuple[str, str]]:
    head, _, content = part.partition(b"\r\n\r\n")
    disposition = _DISPOSITION.search(head.decode("utf-8", "replace"))
    named = dict(_NAME.findall(disposition[1])) if disposition else {}
    if "" in named and len(named) == 1:
        yield named[""], content.decode("utf-8", "replace")
