"""Compression of pages and assets with gzip, for the browsers that ask for it.

A page may hold a secret beside text that a stranger chose, and the length of a compressed page
tells something of both (BREACH). So each answer masks the token of its forms differently, and what
a form makes, such as a new key, is never compressed.
"""

import gzip
from functools import lru_cache

from flask import Response, request

KINDS = ("text/", "application/json", "image/svg+xml")
LEAST = 1_000
"""Bytes; below that the headers of the way cost as much as is saved."""
FAST, BEST = 5, 9


def compress(response: Response, *, keeps: bool = False) -> Response:
    """The answer compressed, where that serves; `keeps` remembers the result, for static files."""
    if not (response.mimetype or "").startswith(KINDS) or response.status_code != 200:
        return response
    if response.is_streamed and not keeps:
        # It may be larger than what one process should hold.
        return response
    response.vary.add("Accept-Encoding")
    if request.method != "GET" or request.accept_encodings["gzip"] <= 0:
        return response
    response.direct_passthrough = False
    body = response.get_data()
    if len(body) < LEAST:
        return response
    response.set_data(_kept(body) if keeps else gzip.compress(body, FAST, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    if "ETag" in response.headers:
        # A strong tag would promise the very bytes of the file.
        response.set_etag(str(response.get_etag()[0]), weak=True)
    return response


@lru_cache(maxsize=32)
def _kept(body: bytes) -> bytes:
    return gzip.compress(body, BEST, mtime=0)
