"""Outbound HTTP for files of received messages: from declared places only, within a size.

A redirect is followed where it leads to such a place too. The login goes to the place that was
asked first, and never along to another one.
"""

import time
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urljoin

import requests
from urllib3.exceptions import HTTPError

from integration.kernel.errors import ProviderRejected, ProviderUnavailable, TargetRefused
from integration.outbound.addresses import Resolve, resolve
from integration.outbound.media_places import MediaPlaces, Origin
from integration.outbound.pinned_adapter import Dialer, NotConnected, PinnedAdapter
from integration.outbound.provider_errors import retry_after

MOST_BYTES = 8 * 1024 * 1024
"""Networks carry MMS of 1 MB, and providers files of 5 MB."""
MOST_HOPS = 4
MOVED = (301, 302, 303, 307, 308)
TOO_LARGE = f"The file is larger than {MOST_BYTES >> 20} MB."


class File(NamedTuple):
    """`content_type` is as the server gives it, "" where it does not."""

    data: bytes
    content_type: str


class MediaHttp:
    """Fetches files; the whole of one, with its redirects, ends within `seconds`."""

    def __init__(self, places: MediaPlaces, seconds: float, resolve: Resolve = resolve) -> None:
        self._places, self._seconds, self._resolve = places, seconds, resolve

    def fetch(self, url: str, login: Mapping[str, str]) -> File:
        """The file at this address. ProviderUnavailable: try again. ProviderRejected: its
        `upstream_status` is that of the refusal. It is 0 for an address that we do not call, and
        for a file that we do not take.
        """
        ends, first = time.monotonic() + self._seconds, None
        for _ in range(MOST_HOPS):
            try:
                way = self._places.way(url)
            except TargetRefused as error:
                raise ProviderRejected(error.message) from error
            first = first or way.origin
            headers = login if way.gets_login and way.origin == first else {}
            found = self._asked(url, headers, way.origin, guarded=way.guarded, ends=ends)
            if isinstance(found, File):
                return found
            url = _joined(url, found)
        raise ProviderRejected(f"{self._places.label} sends from address to address.")

    def _asked(
        self, url: str, headers: Mapping[str, str], origin: Origin, *, guarded: bool, ends: float
    ) -> File | str:
        """The file, or the address that it is said to be at."""
        ours = {"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": "Hookline"}
        adapter = PinnedAdapter(Dialer(guarded=guarded, resolve=self._resolve))
        try:
            request = requests.Request("GET", url, {**ours, **headers}).prepare()
            with adapter.transmit(request, ends) as answer:
                return self._read(answer, origin[1])
        except (NotConnected, requests.ConnectTimeout) as error:
            raise self._unreached(error, origin[1]) from error
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            # The error's own text may hold the address with its query, so only its kind is kept.
            broken = ConnectionError(type(error).__name__)
            raise ProviderUnavailable(f"{origin[1][:100]} broke off.") from broken
        finally:
            adapter.close()

    def _unreached(self, error: Exception, host: str) -> ProviderRejected | ProviderUnavailable:
        if isinstance(error.__cause__, TargetRefused):
            return ProviderRejected(f"{host[:100]} is not on the public internet.")
        return ProviderUnavailable(f"{host[:100]} cannot be reached.")

    def _read(self, answer: requests.Response, host: str) -> File | str:
        status = answer.status_code
        if status in MOVED and (place := answer.headers.get("location")):
            return place
        if status == 200:
            return File(_body(answer), answer.headers.get("content-type", ""))
        said = f"{host[:100]} answers with status {status}."
        if status in (408, 425, 429) or status >= 500:
            wait = retry_after({name.lower(): each for name, each in answer.headers.items()})
            raise ProviderUnavailable(said, upstream_status=status, retry_after=wait)
        raise ProviderRejected(said, upstream_status=status)


def _joined(url: str, place: str) -> str:
    try:
        return urljoin(url, place)
    except ValueError as error:
        raise ProviderRejected("The file was moved to an address that cannot be read.") from error


def _body(answer: requests.Response) -> bytes:
    length = answer.headers.get("content-length", "")
    if length.isdecimal() and int(length) > MOST_BYTES:
        raise ProviderRejected(TOO_LARGE)
    found = bytearray()
    for chunk in answer.iter_content(64 * 1024):
        found += chunk
        if len(found) > MOST_BYTES:
            raise ProviderRejected(TOO_LARGE)
    if not found:
        raise ProviderUnavailable("The file is empty.")
    return bytes(found)
