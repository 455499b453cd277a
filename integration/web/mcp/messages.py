"""Messages of JSON-RPC 2.0: reading one from a request, and what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request

from integration.kernel.errors import MalformedBody, UnsupportedMedia
from integration.kernel.strict_json import parse
from integration.web.core import reading

PARSE_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS = -32700, -32600, -32601, -32602
HEADER_MISMATCH, UNSUPPORTED_REVISION = -32020, -32022
NO_ID = object()


class ProtocolError(Exception):
    """A client's mistake, which no assistant can mend by asking otherwise."""

    def __init__(self, code: int, message: str, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.data = code, message, data

    @property
    def status(self) -> int:
        return 404 if self.code == METHOD_NOT_FOUND else 400

    def shown(self) -> dict[str, Any]:
        found = {"code": self.code, "message": self.message}
        return found | ({"data": dict(self.data)} if self.data else {})


@dataclass(frozen=True, kw_only=True)
class Message:
    """A request, or a notification where `id` is NO_ID."""

    id: Any
    method: str
    params: Mapping[str, Any]

    @property
    def is_request(self) -> bool:
        return self.id is not NO_ID

    @property
    def meta(self) -> Mapping[str, Any]:
        found = self.params.get("_meta")
        return found if isinstance(found, dict) else {}


def read() -> Message:
    """The one message in the body of the request at hand."""
    if "json" not in request.mimetype:
        raise UnsupportedMedia("Send the message as JSON, with Content-Type: application/json.")
    try:
        data = parse(reading.raw_body())
    except MalformedBody as error:
        raise ProtocolError(PARSE_ERROR, error.message) from error
    if not isinstance(data, dict) or data.get("jsonrpc") != "2.0":
        raise _invalid("The body must be one JSON-RPC 2.0 message, an object and no batch.")
    if not isinstance(data.get("method"), str):
        raise _invalid("The message needs a method, which is text.")
    if not isinstance(data.get("params", {}), dict):
        raise _invalid("The params of the message must be an object.")
    return Message(id=_id(data), method=data["method"], params=data.get("params", {}))


def _id(data: Mapping[str, Any]) -> Any:
    if "id" not in data:
        return NO_ID
    if isinstance(data["id"], bool) or not isinstance(data["id"], int | str):
        raise _invalid("The id of the message must be text or a whole number.")
    return data["id"]


def _invalid(sentence: str) -> ProtocolError:
    return ProtocolError(INVALID_REQUEST, sentence)
