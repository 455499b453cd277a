"""Outbound HTTP to providers: every failure becomes one of three errors, and none a doubled text.

For a call with an effect, ProviderUnavailable means "nothing was done, try again". It is raised
only when no byte of the request left, or when the provider itself did nothing and said so. That is
a 429, or a 503 with Retry-After where `signs.busy_is_undone`. All else that is not a clear answer
is OutcomeUnknown.
"""

import json as jsons
import math
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

import requests
from urllib3.exceptions import HTTPError

from integration.kernel import reasons, request_id
from integration.kernel.errors import (
    OutcomeUnknown,
    ProviderError,
    ProviderRejected,
    ProviderUnavailable,
    TargetRefused,
)
from integration.kernel.signs import NO_SIGN, Signs
from integration.kernel.specs import MOST_CALL_SECONDS, Answer
from integration.outbound.addresses import Resolve, resolve
from integration.outbound.pinned_adapter import Dialer, NotConnected, PinnedAdapter
from integration.outbound.provider_errors import masker, retry_after

MOST_BYTES = 8 * 1024 * 1024
"""Some 50,000 conversations in one list."""
NOT_DONE, MAYBE_DONE = (307, 308), (301, 302)
"""Redirects that ask for the same call elsewhere, and those that servers also send after a call."""
OnHeaders = Callable[[Mapping[str, str], int], None]


class ProviderHttp:
    """The kernel's `Http` for one connection.

    `deadline` is seconds for one whole call; none goes on after `ends`, a monotonic time.
    `trusted` base URLs come from the operator's own environment and may be private; others only
    where `allow_private` says so. `signs` judge a 2xx answer. `on_headers` gets every
    answer's headers (lower case) and status, so that all processes share the limits it announces.
    """

    def __init__(
        self,
        base_url: str,
        label: str,
        *,
        trusted: bool,
        allow_private: bool,
        deadline: float = MOST_CALL_SECONDS,
        on_headers: OnHeaders | None = None,
        signs: Signs | None = None,
        resolve: Resolve = resolve,
    ) -> None:
        self.base_url, self.label = base_url.rstrip("/"), label
        self._dialer = Dialer(guarded=not (trusted or allow_private), resolve=resolve)
        self.deadline, self.ends = deadline, math.inf
        self._on_headers, self.signs = on_headers, signs
        self._kept = PinnedAdapter(self._dialer)

    def call(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        effect: bool = False,
    ) -> Answer:
        """Make one call; see the module for what it raises."""
        request = self._prepare(method, path, headers, params=params, json=json)
        mask = masker(headers, params, json)
        # A kept connection may break while a request goes out, and whether it arrived stays
        # unknown. So a call that must not happen twice opens a connection of its own.
        adapter = PinnedAdapter(self._dialer) if effect else self._kept
        try:
            status, answered, body = self._exchange(adapter, request, effect)
        finally:
            if effect:
                adapter.close()
        if self._on_headers:
            self._on_headers(answered, status)
        if 300 <= status < 400:
            raise self._redirected(status, answered.get("location", ""), path, effect)
        return self._read(status, answered, body, effect, mask)

    def close(self) -> None:
        """Close the kept connections; the next call opens new ones."""
        self._kept.close()

    def _prepare(
        self, method: str, path: str, headers: Mapping[str, str], **given: Any
    ) -> requests.PreparedRequest:
        # Compressed answers could be bombs, and what we ask for is small.
        ours = {"Accept": "application/json", "Accept-Encoding": "identity"}
        if current := request_id.current.get():
            ours[request_id.HEADER] = current
        every = {**ours, "User-Agent": "Hookline", **headers}
        url = self.base_url + path
        try:
            if not url.lower().startswith(("https://", "http://")) or not _sendable(every.values()):
                raise ValueError("not sendable")
            return requests.Request(method, url, every, **given).prepare()
        except (requests.RequestException, ValueError) as error:
            raise self._unusable() from ValueError(type(error).__name__)

    def _exchange(
        self, adapter: PinnedAdapter, request: requests.PreparedRequest, effect: bool
    ) -> tuple[int, Mapping[str, str], bytes]:
        ends = min(self.ends, time.monotonic() + self.deadline)
        try:
            with adapter.transmit(request, ends) as answer:
                headers = {name.lower(): value for name, value in answer.headers.items()}
                return answer.status_code, headers, _body(answer)
        except (NotConnected, requests.ConnectTimeout) as error:
            raise self._unreached(error) from error
        except requests.exceptions.InvalidURL as error:
            raise self._unusable() from ValueError(type(error).__name__)
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            # The error's own text may hold the address with its query, so only its kind is kept.
            broken = ConnectionError(type(error).__name__)
            raise self._lost("broke off or did not answer in time", effect) from broken

    def _unusable(self) -> ProviderError:
        # The cause is named by its kind alone, since its text quotes the header with the key.
        return ProviderRejected(
            f"The base URL or the API key of this {self.label} connection holds characters"
            " that cannot be sent; enter them again."
        )

    def _unreached(self, error: Exception) -> ProviderError:
        if isinstance(error.__cause__, TargetRefused):
            return ProviderRejected(
                f"The base URL of this {self.label} connection leads to an address that is not"
                " on the public internet; set it to a public one."
            )
        return ProviderUnavailable(f"{self.label} cannot be reached; nothing was sent.")

    def _lost(
        self, what: str, effect: bool, status: int = 0, wait: float | None = None
    ) -> ProviderError:
        if not effect:
            return ProviderUnavailable(f"{self.label} {what}.", upstream_status=status)
        return OutcomeUnknown(
            f"{self.label} {what} after the request had left; it may have been done.",
            upstream_status=status,
            retry_after=wait,
        )

    def _read(
        self,
        status: int,
        headers: Mapping[str, str],
        body: bytes,
        effect: bool,
        mask: Callable[[str], str],
    ) -> Answer:
        if 200 <= status < 300:
            data = self._json(body, effect, status)
            # Some gateways answer a call with a list of its one outcome.
            if effect and isinstance(data, list) and len(data) == 1:
                [data] = data
            self._judge(data, status, effect, mask)
            return Answer(status=status, headers=headers, data=data)
        busy = status == 503 and "retry-after" in headers
        wait = retry_after(headers) if busy or status == 429 else None
        if status == 429 or (busy and self._undone(effect)):
            reason = "asks us to slow down" if status == 429 else "is busy"
            sentence = f"{self.label} {reason}; nothing was done."
            raise ProviderUnavailable(sentence, upstream_status=status, retry_after=wait)
        # 408 is often a proxy's, which gave up on a server that goes on.
        if status == 408 or not 400 <= status < 500:
            raise self._lost(f"answered with an error of its own ({status})", effect, status, wait)
        refused = f"refused with status {status}"
        what = "does not accept the API key of this connection" if status == 401 else refused
        sentence = f"{self.label} {what}{_tail(mask(reasons.of_body(body)))}"
        raise ProviderRejected(sentence, upstream_status=status)

    def _undone(self, effect: bool) -> bool:
        """Whether a provider that asks us to come back has done nothing of the call."""
        return not effect or self.signs is None or self.signs.busy_is_undone

    def _json(self, body: bytes, effect: bool, status: int) -> Any:
        if not body.strip():
            return None
        try:
            return jsons.loads(body)
        except (ValueError, RecursionError) as error:
            what = "gave an answer that is not JSON; check the base URL of this connection"
            raise self._lost(what, effect, status) from error

    def _judge(self, data: Any, status: int, effect: bool, mask: Callable[[str], str]) -> None:
        """Raise what a 2xx answer says itself: a refusal, or nothing that tells what was done."""
        if self.signs is None:
            return
        reason = self.signs.refusal(data, deep=effect)
        if reason is not None:
            sentence = f"{self.label} refused{_tail(mask(reason))}"
            raise ProviderRejected(sentence, upstream_status=status)
        if effect and not self.signs.shows_done(data):
            raise self._lost(NO_SIGN, effect, status)

    def _redirected(self, status: int, place: str, path: str, effect: bool) -> ProviderError:
        """What a redirect tells: most servers that answer a POST so have carried it out."""
        start = f"The base URL of this {self.label} connection redirects"
        here, there = (_parts(self.base_url + path, each) for each in ("", place))
        if not there.hostname or (there.scheme, there.netloc) == (here.scheme, here.netloc):
            mend = f"{start} to another path; set it to the address of the API itself."
        else:
            port = there.netloc.rpartition("@")[2].removeprefix(there.hostname)
            mend = f"{start}; set it to {there.scheme}://{there.hostname[:100]}{port[:6]} instead."
        # A proxy sends the very call elsewhere, such as to https, before anybody has read it.
        moved = there.path.rstrip("/").endswith(path) and here[:3] != there[:3]
        if not effect or status in NOT_DONE or (moved and status in MAYBE_DONE):
            return ProviderRejected(mend, upstream_status=status)
        return OutcomeUnknown(f"{mend} The call may have been done.", upstream_status=status)


def _parts(asked: str, place: str) -> SplitResult:
    try:
        return urlsplit(urljoin(asked, place))
    except ValueError:
        return urlsplit("")


def _body(answer: requests.Response) -> bytes:
    """ValueError once it is over MOST_BYTES."""
    found = bytearray()
    for chunk in answer.iter_content(64 * 1024):
        found += chunk
        if len(found) > MOST_BYTES:
            raise ValueError("too long")
    return bytes(found)


def _sendable(values: Iterable[str]) -> bool:
    return all(value.isascii() and value.isprintable() for value in values)


def _tail(reason: str) -> str:
    if not reason:
        return "."
    return f": {reason}" if reason.endswith((".", "!", "?", "…")) else f": {reason}."
