"""Which revision of the protocol a client speaks, and whether its headers say what its body says.

Revision 2026-07-28 has no handshake: each request states its revision in the body. Headers repeat
it, with the method and the name, so that a gateway can route the request. A mismatch is refused: a
gateway and we would see two different calls in one request.
"""

import base64
import binascii
import re
from typing import Any

from flask import request

from integration.web.mcp.messages import (
    HEADER_MISMATCH,
    INVALID_PARAMS,
    UNSUPPORTED_REVISION,
    Message,
    ProtocolError,
)

STATELESS = "2026-07-28"
HANDSHAKE = ("2025-11-25", "2025-06-18", "2025-03-26")
"""Older ones that begin with `initialize`, newest first."""
SUPPORTED = (STATELESS, *HANDSHAKE)
META = "io.modelcontextprotocol/"
NAMED = {"tools/call": "name"}
"""The methods whose parameter stands in `Mcp-Name` as well."""
ENCODED = re.compile(r"=\?base64\?(.*)\?=")


def spoken(message: Message) -> str:
    """The revision of this message; raises ProtocolError where we do not speak it."""
    header = request.headers.get("MCP-Protocol-Version", "").strip()
    stated = message.meta.get(f"{META}protocolVersion")
    if stated is None and header in ("", *HANDSHAKE):
        return header or HANDSHAKE[0]
    if header and header not in SUPPORTED and stated in (None, header):
        raise _unsupported(header)
    if message.is_request:
        _check_headers(message, header, _stated(message))
    return STATELESS


def _stated(message: Message) -> str:
    stated = message.meta.get(f"{META}protocolVersion")
    if not isinstance(stated, str):
        raise ProtocolError(INVALID_PARAMS, f"params._meta lacks {META}protocolVersion.")
    if not isinstance(message.meta.get(f"{META}clientCapabilities"), dict):
        raise ProtocolError(INVALID_PARAMS, f"params._meta lacks {META}clientCapabilities.")
    return stated


def _check_headers(message: Message, header: str, stated: str) -> None:
    _same("MCP-Protocol-Version", header, stated)
    if stated != STATELESS:
        raise _unsupported(stated)
    _same("Mcp-Method", request.headers.get("Mcp-Method"), message.method)
    if message.method in NAMED:
        wanted = message.params.get(NAMED[message.method])
        _same("Mcp-Name", _decoded(request.headers.get("Mcp-Name")), wanted)


def _same(name: str, header: str | None, wanted: Any) -> None:
    if header != wanted:
        raise ProtocolError(
            HEADER_MISMATCH, f"The header {name} is missing or does not say what the body says."
        )


def _decoded(header: str | None) -> str | None:
    """What cannot stand in a header comes as Base64 in a frame; None where it cannot be read."""
    framed = ENCODED.fullmatch(header or "")
    if not framed:
        return header
    try:
        return base64.b64decode(framed[1], validate=True).decode()
    except (binascii.Error, UnicodeError):
        return None


def _unsupported(requested: str) -> ProtocolError:
    return ProtocolError(
        UNSUPPORTED_REVISION,
        f"This service does not speak that revision; it speaks {', '.join(SUPPORTED)}.",
        {"supported": list(SUPPORTED), "requested": requested[:60]},
    )
