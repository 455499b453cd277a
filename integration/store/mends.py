"""What is to be done about an error of the store, where its cause is known."""

from redis.exceptions import (
    AuthenticationError,
    BusyLoadingError,
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
PASSING: dict[type[RedisError] | str, str] = {
    "used memory > 'maxmemory'": "has no memory left; raise its maxmemory, or take a larger plan.",
    "read only replica": "is a replica, which takes no writes; name its primary.",
    BusyLoadingError: "still reads its data; try again later.",
    "MISCONF": "cannot write to its disk; give it room.",
}


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
