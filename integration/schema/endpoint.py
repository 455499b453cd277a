"""One address and method of the service, and its operation object in the document."""

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from typing import Any

Json = Mapping[str, Any]

PROBLEMS: Mapping[int, str] = {
    400: "The request could not be read, or the provider refused it with that status.",
    401: "No API key was given, or it is not known.",
    403: "The key's scope does not cover this, or the provider forbids it.",
    404: "There is no such thing in this workspace, or at the provider.",
    409: "The state of things forbids it, or the idempotency key came with another body.",
    410: "It was there, and is not any more; the sentence says why.",
    413: "The body is larger than 256 KiB.",
    415: "The body is not declared as JSON.",
    422: "A field is wrong and `errors` names it, or no connection can do this.",
    429: "Too many requests, to us or through us to the provider.",
    502: "The provider did not do it.",
    503: "The data store is away.",
}
WAITS = (429, 503)
EVERY_ANSWER = ("X-Request-Id", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
KEYED = (400, 401, 403, 429, 503)
WITH_BODY = (413, 415, 422)


@dataclass(frozen=True, kw_only=True)
class Reply:
    """A success. `schema` and `example` describe its body; no `media` means no body.

    `headers` are those beside the ones of every answer. `also` are media types of text that it may
    have instead, where the call asks for one.
    """

    description: str
    schema: Json
    status: int = 200
    example: Any = None
    headers: Sequence[str] = ()
    media: str = "application/json"
    also: Sequence[str] = ()


@dataclass(frozen=True)
class Endpoint:
    """One operation, a row of a table; `call` is its method and path, such as `GET /v1/me`.

    `open` needs no key. `problems` are those beside what follows from the rest: 404 where the
    path names a thing, and those of every key and every body.
    """

    call: str
    id: str
    summary: str
    replies: Sequence[Reply]
    _: KW_ONLY
    tag: str = ""
    description: str = ""
    parameters: Sequence[Json] = ()
    body: Json | None = None
    body_required: bool = True
    body_example: Any = None
    problems: Sequence[int] = ()
    open: bool = False
    callbacks: Json = field(default_factory=dict)

    @property
    def method(self) -> str:
        return self.call.partition(" ")[0].lower()

    @property
    def path(self) -> str:
        return self.call.partition(" ")[2]


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def array(items: Json) -> dict[str, Any]:
    return {"type": "array", "items": dict(items)}


def operation(endpoint: Endpoint) -> dict[str, Any]:
    """The OpenAPI operation object."""
    found: dict[str, Any] = {
        "operationId": endpoint.id,
        "tags": [endpoint.tag],
        "summary": endpoint.summary,
    }
    if endpoint.description:
        found["description"] = endpoint.description
    if endpoint.parameters:
        found["parameters"] = [dict(each) for each in endpoint.parameters]
    if endpoint.body is not None:
        found["requestBody"] = _body(endpoint)
    found["responses"] = {str(each.status): _reply(each) for each in endpoint.replies}
    for status in _problems(endpoint):
        found["responses"][str(status)] = {"$ref": f"#/components/responses/Problem{status}"}
    if endpoint.callbacks:
        found["callbacks"] = dict(endpoint.callbacks)
    return found | ({"security": []} if endpoint.open else {})


def _body(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "required": endpoint.body_required,
        "content": {"application/json": _content(endpoint.body or {}, endpoint.body_example)},
    }


def _reply(reply: Reply) -> dict[str, Any]:
    found = {
        "description": reply.description,
        "headers": _headers((*EVERY_ANSWER, *reply.headers)),
    }
    body = {reply.media: _content(reply.schema, reply.example)}
    body |= {each: {"schema": {"type": "string"}} for each in reply.also}
    return found | ({"content": body} if reply.media else {})


def _content(schema: Json, example: Any) -> dict[str, Any]:
    return {"schema": dict(schema)} | ({} if example is None else {"example": example})


def _problems(endpoint: Endpoint) -> list[int]:
    found = {*endpoint.problems, *(() if endpoint.open else KEYED)}
    if not endpoint.open:
        found |= {*WITH_BODY} if endpoint.body is not None else set()
        found |= {404} if "{" in endpoint.path and endpoint.method != "delete" else set()
    return sorted(found - {each.status for each in endpoint.replies})


def _headers(names: Sequence[str]) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def problem_responses() -> dict[str, Any]:
    """Every problem as a response component."""
    return {f"Problem{status}": _problem(status, said) for status, said in PROBLEMS.items()}


def _problem(status: int, said: str) -> dict[str, Any]:
    waits = ("Retry-After",) if status in WAITS else ()
    return {
        "description": said,
        "headers": _headers((*EVERY_ANSWER, *waits)),
        "content": {"application/problem+json": {"schema": ref("Problem")}},
    }
