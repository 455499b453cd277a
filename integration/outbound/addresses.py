"""Which addresses we connect to: nobody may use us to reach what only we can reach.

Names are no safer than numbers: `127.1`, `0x7f.1` and `①②⑦.⓪.⓪.①` are names to `ipaddress` and
127.0.0.1 to the resolver. A name can also change between a check and a connect. So the check that
counts is made on the resolved address, at the moment of connecting. `check_url` only gives an early
answer to the person who types.
"""

import re
import socket
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import SplitResult, urlsplit

from integration.kernel.errors import TargetRefused

NOT_PUBLIC = "This address is not on the public internet; use a public one."
AddrInfo = tuple[int, int, int, str, tuple[Any, ...]]
Resolve = Callable[[str, int], Sequence[AddrInfo]]

LONGEST_URL = 2048
LOOK_UP_SECONDS = 5.0
"""For a name that somebody typed and now waits for."""

# `ipaddress.is_global` calls several of these global (multicast, 168.63.129.16 and more), so the
# list is our own: IANA's special-purpose registry, multicast, class E, Azure's wire server.
_V4_FORBIDDEN = [
    ip_network(each)
    for each in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "168.63.129.16/32"),
        *("169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24"),
        *("192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24"),
        *("198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
    )
]
# Everything else of IPv6 is local, multicast, or carries an IPv4 address inside (NAT64).
_V6_ALLOWED = ip_network("2000::/3")
# Teredo and protocol assignments, documentation, 6to4, documentation again.
_V6_FORBIDDEN = [
    ip_network(each) for each in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
]
_ODD_CHARACTER = re.compile(r"[\x00-\x20\x7f-\x9f\\\u2028\u2029]")


class AddressRefused(TargetRefused, OSError):
    """The address check at connect failed; an OSError so that clients treat it as no connection."""


def forbidden(address: str) -> bool:
    """Whether a numeric IP address is one that a stranger must not make us connect to.

    True also for what is not an address: unknown is not safe.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return True
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    if isinstance(parsed, IPv4Address):
        return any(parsed in network for network in _V4_FORBIDDEN)
    plain = IPv6Address(int(parsed))  # without the zone, which would hide it from every network
    return plain not in _V6_ALLOWED or any(plain in network for network in _V6_FORBIDDEN)


def forbidden_literal(host: str) -> bool:
    """Whether this host is such an address itself; a name is looked up at each connect."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return forbidden(host)


def resolve(host: str, port: int) -> Sequence[AddrInfo]:
    """What the system knows of a name. Raises OSError, or UnicodeError for impossible names."""
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)


def look_up(resolve: Resolve, host: str, port: int, seconds: float) -> Sequence[AddrInfo]:
    """`resolve` with an end: TimeoutError after `seconds`, and otherwise what it raises.

    The system asks every name server it knows, half a minute long, and cannot be broken off. So
    this is left to a thread that nobody has to wait for; under gevent that is a greenlet.
    """
    future: Future[Sequence[AddrInfo]] = Future()

    def answer() -> None:
        try:
            future.set_result(resolve(host, port))
        except BaseException as error:  # noqa: BLE001  # raised anew where it is awaited
            future.set_exception(error)

    try:
        threading.Thread(target=answer, daemon=True).start()
    except RuntimeError:
        # The system gives no further thread: this one waits, for as long as the system likes.
        answer()
    return future.result(seconds)


def checked_socket(addr_info: AddrInfo) -> socket.socket:
    """A socket for an address that was just resolved; AddressRefused for a forbidden one.

    Opening it connects to exactly this address.
    """
    family, kind, protocol, _, sockaddr = addr_info
    if forbidden(str(sockaddr[0])):
        raise AddressRefused(NOT_PUBLIC)
    return socket.socket(family, kind, protocol)


def check_url(url: str, *, allow_private: bool, resolve: Resolve = resolve) -> None:
    """Raise TargetRefused unless this is a public address we could post to.

    `allow_private` (development, tests) admits http and private addresses.
    """
    parts = _split(url)
    if parts.scheme not in ({"https", "http"} if allow_private else {"https"}):
        raise TargetRefused("The address must start with https://.")
    if "@" in parts.netloc:
        raise TargetRefused("The address holds a user name or password; take it out.")
    host = parts.hostname
    if not host:
        raise TargetRefused("The address has no host name, such as example.com.")
    found = _resolved(host, _port(parts), resolve)
    if not allow_private and any(forbidden(str(each[4][0])) for each in found):
        raise TargetRefused(
            f"{host[:100]} is not on the public internet; use an address that is reachable there."
        )


def check_field(name: str, url: str, *, allow_private: bool) -> None:
    """`check_url` for a field of a call, which the refusal names."""
    try:
        check_url(url, allow_private=allow_private)
    except TargetRefused as refused:
        raise TargetRefused(refused.message, errors={name: [refused.message]}) from refused


def _split(url: str) -> SplitResult:
    if len(url) > LONGEST_URL:
        raise TargetRefused(f"The address is longer than {LONGEST_URL} characters; shorten it.")
    if _ODD_CHARACTER.search(url):
        raise TargetRefused("The address holds a space, a backslash or a control character.")
    try:
        return urlsplit(url)
    except ValueError as error:
        raise TargetRefused("This is not an address; it should start with https://.") from error


def _port(parts: SplitResult) -> int:
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        raise TargetRefused("The port must be a number from 1 to 65535.")
    return port or (443 if parts.scheme == "https" else 80)


def _resolved(host: str, port: int, resolve: Resolve) -> Sequence[AddrInfo]:
    try:
        found = look_up(resolve, host, port, LOOK_UP_SECONDS)
    except (OSError, UnicodeError) as error:
        raise TargetRefused(
            f"The host {host[:100]} cannot be found; check its spelling."
        ) from error
    if not found:
        raise TargetRefused(f"The host {host[:100]} has no address; check its spelling.")
    return found
