"""What is to be done about an error of the store, where its cause is known."""

from redis.exceptions import (
    AuthenticationError,
    BusyLoadingError,
    InvalidResponse,
    NoPermissionError,
    RedisError,
)

LASTING: dict[type[RedisError] | str, str] = {
    AuthenticationError: "refuses its user or password, or asks for one; copy the address again.",
    NoPermissionError: "forbids its user what is needed; docs/store.md has the rights to give it.",
    "DB index is out of range": "has no database of that number; end it with /0.",
    "CERTIFICATE_VERIFY_FAILED": "has a certificate that ssl_ca_certs does not vouch for.",
}
"""By the kind of an error, or by words of it: causes that no waiting takes away."""
TLS = "Where it wants TLS, the address begins with rediss://."
SILENT = f"does not answer, or ends the connection. {TLS}"
PASSING: dict[type[RedisError] | str, str] = {
    "used memory > 'maxmemory'": "has no memory left; raise its maxmemory, or take a larger plan.",
    "read only replica": "is a replica, which takes no writes; name its primary.",
    BusyLoadingError: "still reads its data; try again later.",
    "MISCONF": "cannot write to its disk; give it room.",
    "max number of clients": "has no connection left; take a larger plan, or run fewer processes.",
    "WRONG_VERSION_NUMBER": "speaks no TLS; begin the address with redis://.",
    "Timeout connecting": "takes no connection; check its name, port and firewall, and that it"
    " speaks TLS where the address begins with rediss://.",
    **dict.fromkeys(("Timeout reading", "closed by server", "Error while reading"), SILENT),
    InvalidResponse: f"gives no answer of a store; check its port. {TLS}",
    "Connection refused": "does not listen there; start it, or correct host and port.",
    **dict.fromkeys(
        ("Error -2 ", "Error -3 ", "Error -5 "), "has a name that nobody knows; correct it."
    ),
    "Error 2 connecting": "has no such socket; start it, or correct the path.",
}
"""Causes that may pass. Those of a connection are known by words of the client or the system."""


def lasting(error: RedisError) -> str:
    """A sentence for an error that stays until somebody does something; else ""."""
    return _found(error, LASTING)


def known(error: RedisError) -> str:
    """A sentence for an error whose cause we know; else ""."""
    return _found(error, LASTING | PASSING)


def _found(error: RedisError, causes: dict[type[RedisError] | str, str]) -> str:
    for cause, said in causes.items():
        if cause in str(error) if isinstance(cause, str) else isinstance(error, cause):
            return f"REDIS_URL names a server that {said}"
    return ""
