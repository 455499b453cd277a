"""Outbound HTTP to providers: every failure becomes one of three errors, and none a doubled text.

For a call with an effect, ProviderUnavailable means "nothing was done, try again". It is raised
only when no byte of the request left, or when the provider itself did nothing and said so
(provider_answers.py). All else that is not a clear answer is OutcomeUnknown.
"""

import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import requests
from urllib3.exceptions import HTTPError

from integration.kernel import request_id
from integration.kernel.errors import (
    ProviderError,
    ProviderRejected,
    ProviderUnavailable,
    TargetRefused,
)
from integration.kernel.signs import Signs
from integration.kernel.specs import MOST_CALL_SECONDS, Answer
from integration.outbound.addresses import Resolve, resolve
from integration.outbound.pinned_adapter import Dialer, NotConnected, PinnedAdapter
from integration.outbound.provider_answers import AnswerReader, Judge
from integration.outbound.provider_errors import masker

MOST_BYTES = 8 * 1024 * 1024
"""Some 50,000 conversations in one list."""
OnHeaders = Callable[[Mapping[str, str], int], None]


class ProviderHttp:
    """The kernel's `Http` for one connection.

    `deadline` is seconds for one whole call; none goes on after `ends`, a monotonic time.
    `credentials` are what its users call what it signs in with. `trusted` base URLs come from the
    operator's own environment and may be private; others only where `allow_private` says so.
    `signs` and `judge` say what answers mean. `secrets` never stand in an error. `on_headers` gets
    every answer's headers (lower case) and status, so that all processes share the limits it
    announces.
    """

    def __init__(
        self,
        base_url: str,
        label: str,
        credentials: str = "API key",
        *,
        trusted: bool,
        allow_private: bool,
        deadline: float = MOST_CALL_SECONDS,
        signs: Signs | None = None,
        judge: Judge | None = None,
        hosts: Mapping[str, str] | None = None,
        secrets: Sequence[str] = (),
        resolve: Resolve = resolve,
    ) -> None:
        self.base_url, self.label = base_url.rstrip("/"), label
        self.credentials = credentials
        self._dialer = Dialer(guarded=not (trusted or allow_private), resolve=resolve)
        self.deadline, self.ends = deadline, math.inf
        self.on_headers: OnHeaders | None = None
        self.signs, self.judge = signs, judge
        self.hosts, self.secrets = hosts or {}, secrets
        self._kept = PinnedAdapter(self._dialer)

    def call(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        form: Sequence[tuple[str, str]] | None = None,
        host: str = "",
        effect: bool = False,
        private: Sequence[str] = (),
    ) -> Answer:
        """Make one call; see the module for what it raises."""
        url = (self.hosts[host] if host else self.base_url) + path
        request = self._prepare(method, url, headers, params=params, json=json, data=form)
        hidden = (*self.secrets, *private)
        reader = self._reader(effect, masker(headers, params, _named(form) or json, *hidden))
        # A kept connection may break while a request goes out, and whether it arrived stays
        # unknown. So a call that must not happen twice opens a connection of its own.
        adapter = PinnedAdapter(self._dialer) if effect else self._kept
        try:
            status, answered, body = self._exchange(adapter, request, reader)
        finally:
            if effect:
                adapter.close()
        if self.on_headers:
            self.on_headers(answered, status)
        if 300 <= status < 400:
            raise reader.redirected(status, url, path, answered.get("location", ""))
        return reader.read(status, answered, body)

    def _reader(self, effect: bool, mask: Callable[[str], str]) -> AnswerReader:
        return AnswerReader(
            label=self.label,
            credentials=self.credentials,
            effect=effect,
            mask=mask,
            signs=self.signs,
            judge=self.judge,
        )

    def close(self) -> None:
        """Close the kept connections; the next call opens new ones."""
        self._kept.close()

    def _prepare(
        self, method: str, url: str, headers: Mapping[str, str], **given: Any
    ) -> requests.PreparedRequest:
        # Compressed answers could be bombs, and what we ask for is small.
        ours = {"Accept": "application/json", "Accept-Encoding": "identity"}
        if current := request_id.current.get():
            ours[request_id.HEADER] = current
        every = {**ours, "User-Agent": "Hookline", **headers}
        try:
            if not url.lower().startswith(("https://", "http://")) or not _sendable(every.values()):
                raise ValueError("not sendable")
            return requests.Request(method, url, every, **given).prepare()
        except (requests.RequestException, ValueError) as error:
            raise self._unusable() from ValueError(type(error).__name__)

    def _exchange(
        self, adapter: PinnedAdapter, request: requests.PreparedRequest, reader: AnswerReader
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
            raise reader.lost("broke off or did not answer in time") from broken

    def _unusable(self) -> ProviderError:
        # The cause is named by its kind alone, since its text quotes the header with the key.
        return ProviderRejected(
            f"The base URL or the {self.credentials} of this {self.label} connection holds"
            " characters that cannot be sent; enter them again.",
            of_account=True,
        )

    def _unreached(self, error: Exception) -> ProviderError:
        if isinstance(error.__cause__, TargetRefused):
            return ProviderRejected(
                f"The base URL of this {self.label} connection leads to an address that is not"
                " on the public internet; set it to a public one.",
                of_account=True,
            )
        return ProviderUnavailable(f"{self.label} cannot be reached; nothing was sent.")


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


def _named(form: Sequence[tuple[str, str]] | None) -> list[dict[str, str]]:
    """The fields one by one, since a name may be there several times."""
    return [{name: value} for name, value in form or ()]
