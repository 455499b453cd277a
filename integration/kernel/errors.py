"""Every error this service raises on purpose, and what each tells the caller.

HooklineError
├── MalformedBody           400  the body is not JSON
├── Unauthenticated         401  no key, or one we do not know
├── Forbidden               403  the key's scope does not cover this
├── NotFound                404  no such thing in this workspace
├── Conflict                409  idempotency key reused with another body; a state that forbids it
├── Gone                    410  it was there, and is not any more
├── TooLarge                413  the body is over the limit
├── UnsupportedMedia        415  the body is not declared as JSON, or is compressed
├── InvalidInput            422  a field is wrong; `errors` names it
│   └── CapabilityMissing   422  the provider cannot do this at all
├── WebhookRefused          401  a webhook that its provider did not sign; 403 for some providers
├── RateLimited             429  slow down
├── Unavailable             503  our store is away
├── ProviderError           502  what went wrong between us and the provider
│   ├── ProviderRejected         will fail again: bad number, wrong key, no credit
│   ├── ProviderUnavailable      nothing was done; safe to try again
│   └── OutcomeUnknown           it may have been done; never tried again blindly
├── TargetRefused           422  a target or media address we must not connect to
├── WebhookUnreadable       202  a provider's webhook that we could not understand (kept)
├── CatalogError                 an extension breaks its contract; stops the start
└── SettingsError                a setting is bad; stops the start
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from integration.kernel import surrogates
from integration.kernel.verdicts import Full

FieldErrors = Mapping[str, Sequence[str]]


class HooklineError(Exception):
    """Base of the tree. `message` is one sentence that a platform can show to its user
    unchanged. U+FFFD stands in it for half of an emoji that a provider quoted."""

    code: str = "error"
    title: ClassVar[str] = "Something went wrong"
    status: int = 500

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        self.message = surrogates.replaced(message)
        super().__init__(self.message)
        self.retry_after = retry_after

    def problem(self) -> dict[str, Any]:
        """The members of the RFC 9457 body that belong to this error alone."""
        return {}


class MalformedBody(HooklineError):
    code, title, status = "malformed-body", "The body could not be read", 400


class Unauthenticated(HooklineError):
    code, title, status = "unauthenticated", "API key missing or unknown", 401


class Forbidden(HooklineError):
    code, title, status = "forbidden", "Not allowed with this key", 403


class NotFound(HooklineError):
    code, title, status = "not-found", "Not found", 404


class MethodNotAllowed(HooklineError):
    code, title, status = "method-not-allowed", "Method not allowed", 405


class Conflict(HooklineError):
    code, title, status = "conflict", "Conflict", 409


class MayHaveArrived(Conflict):
    """A text of unknown outcome, which nobody has decided about."""


class Gone(HooklineError):
    code, title, status = "gone", "No longer there", 410


class TooLarge(HooklineError):
    code, title, status = "too-large", "Body too large", 413


class UnsupportedMedia(HooklineError):
    code, title, status = "unsupported-media", "Body is not plain JSON", 415


class InvalidInput(HooklineError):
    """A wrong field. `errors` holds the sentences by field name."""

    code, title, status = "invalid-input", "Invalid input", 422

    def __init__(self, message: str, *, errors: FieldErrors | None = None) -> None:
        super().__init__(message)
        self.errors = errors or {}

    def problem(self) -> dict[str, Any]:
        return {"errors": {field: list(lines) for field, lines in self.errors.items()}}


class CapabilityMissing(InvalidInput):
    """None of the connections can do this, or the one that was chosen."""

    code, title = "capability-missing", "The provider cannot do this"

    def __init__(self, message: str, *, errors: FieldErrors | None = None) -> None:
        super().__init__(message, errors=errors or {"connection": [message]})


class TargetRefused(InvalidInput):
    code, title = "target-refused", "Address refused"


class RateLimited(HooklineError):
    code, title, status = "rate-limited", "Too many requests", 429


class Unavailable(HooklineError):
    code, title, status = "unavailable", "Temporarily unavailable", 503


class ProviderError(HooklineError):
    """`upstream_status` is the provider's HTTP status, or 0 without an answer. `provider_code` is
    the provider's own code of the error, "" without one. `opted_out` says that the recipient
    refuses texts of this sender, `of_account` that the refusal is about the account alone."""

    code, title, status = "provider-error", "The provider did not do it", 502

    def __init__(
        self,
        message: str,
        *,
        upstream_status: int = 0,
        retry_after: float | None = None,
        provider_code: str = "",
        opted_out: bool = False,
        of_account: bool = False,
    ) -> None:
        super().__init__(message, retry_after=retry_after)
        self.upstream_status = upstream_status
        self.provider_code = surrogates.replaced(provider_code)
        self.opted_out = opted_out
        self.of_account = of_account


class ProviderRejected(ProviderError):
    code, title = "provider-rejected", "The provider refused"


class ProviderUnavailable(ProviderError):
    code, title = "provider-unavailable", "The provider is unavailable"


class LimitUsedUp(ProviderUnavailable):
    """Our own calls used up what the provider allows; the account is well."""


class NoRoom(ProviderUnavailable):
    """The phone or sender of a text takes none for now, as `full` says; the account is well."""

    def __init__(self, message: str, *, full: Full, **more: Any) -> None:
        super().__init__(message, **more)
        self.full: Full = full


class OutcomeUnknown(ProviderError):
    code, title = "outcome-unknown", "The outcome is unknown"


class WebhookUnreadable(HooklineError):
    """`read` holds the events that the provider class understood, `left` the rows (Unreadable)
    that it did not.

    Where both are empty, it understood nothing of the webhook.
    """

    code, title, status = "webhook-unreadable", "Kept for inspection", 202

    def __init__(self, message: str, *, read: Sequence[Any] = (), left: Sequence[Any] = ()) -> None:
        super().__init__(message)
        self.read, self.left = read, left


class WebhookRefused(HooklineError):
    code, title, status = "webhook-refused", "Not signed by the provider", 401

    def __init__(self, status: int) -> None:
        super().__init__(
            "The signature of this webhook is missing or wrong; check the secret for signatures in"
            " the connection's settings."
        )
        self.status = status


class CatalogError(HooklineError):
    code = "catalog-error"


class SettingsError(HooklineError):
    code = "settings-error"
