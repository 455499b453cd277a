"""Reads providers' answers: each becomes an Answer, or one of three errors.

The provider's own `judge` comes first. Then the status line, and the signs of a 2xx. For a call
with an effect, ProviderUnavailable means that nothing was done. So it takes a 429, a 503 with
Retry-After where `signs.busy_is_undone`, or the provider's own word.
"""

import json as jsons
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

from integration.kernel import reasons
from integration.kernel.errors import (
    NoRoom,
    OutcomeUnknown,
    ProviderError,
    ProviderRejected,
    ProviderUnavailable,
)
from integration.kernel.signs import NO_SIGN, Signs
from integration.kernel.specs import Answer
from integration.kernel.verdicts import Verdict
from integration.outbound.provider_errors import retry_after

NOT_DONE, MAYBE_DONE = (307, 308), (301, 302)
"""Redirects that ask for the same call elsewhere, and those that servers also send after a call."""
OF_ACCOUNT = (401, 402)
"""Refusals of every call with these credentials, whatever the call asks for."""
Judge = Callable[..., Verdict | None]


@dataclass(frozen=True, kw_only=True)
class AnswerReader:
    """Reads the answers to one call. `signs` and `judge` are the provider's, None where nobody
    judges a 2xx. `mask` takes out of a sentence what is nobody's business."""

    label: str
    credentials: str = "API key"
    effect: bool
    mask: Callable[[str], str]
    signs: Signs | None = None
    judge: Judge | None = None

    def read(self, status: int, headers: Mapping[str, str], body: bytes) -> Answer:
        """The answer of a call that was done; else raises what the answer tells."""
        answer = _answer(status, headers, body, self.effect)
        verdict = self.judge(answer, effect=self.effect) if self.judge else None
        if verdict is not None:
            return self._judged(answer, verdict)
        if not 200 <= status < 300:
            raise self._refusal(answer)
        if answer.text:
            what = "gave an answer that is not JSON; check the base URL of this connection"
            raise self.lost(what, status)
        self._check_signs(answer)
        return answer

    def lost(self, what: str, status: int = 0, wait: float | None = None) -> ProviderError:
        """The error for a call of which nobody knows whether it was done."""
        if not self.effect:
            return ProviderUnavailable(f"{self.label} {what}.", upstream_status=status)
        return OutcomeUnknown(
            f"{self.label} {what} after the request had left; it may have been done.",
            upstream_status=status,
            retry_after=wait,
        )

    def redirected(self, status: int, url: str, path: str, place: str) -> ProviderError:
        """What a redirect tells: most servers that answer a POST so have carried it out."""
        start = f"The base URL of this {self.label} connection redirects"
        here, there = (_parts(url, each) for each in ("", place))
        if not there.hostname or (there.scheme, there.netloc) == (here.scheme, here.netloc):
            mend = f"{start} to another path; set it to the address of the API itself."
        else:
            port = there.netloc.rpartition("@")[2].removeprefix(there.hostname)
            mend = f"{start}; set it to {there.scheme}://{there.hostname[:100]}{port[:6]} instead."
        # A proxy sends the very call elsewhere, such as to https, before anybody has read it.
        moved = there.path.rstrip("/").endswith(path) and here[:3] != there[:3]
        if not self.effect or status in NOT_DONE or (moved and status in MAYBE_DONE):
            return ProviderRejected(mend, upstream_status=status)
        return OutcomeUnknown(f"{mend} The call may have been done.", upstream_status=status)

    def _judged(self, answer: Answer, verdict: Verdict) -> Answer:
        if verdict.word == "done":
            return answer
        status, reason = answer.status, self._tail(verdict.reason)
        if verdict.word == "rejected":
            raise ProviderRejected(
                f"{self.label} refused{reason}",
                upstream_status=status,
                provider_code=verdict.code,
                opted_out=verdict.opted_out,
                of_account=verdict.of_account,
            )
        if verdict.word == "later":
            wait = verdict.wait if verdict.wait is not None else retry_after(answer.headers)
            sentence = f"{self.label} cannot do it now{reason}"
            if verdict.full:
                raise NoRoom(sentence, full=verdict.full, upstream_status=status, retry_after=wait)
            raise ProviderUnavailable(sentence, upstream_status=status, retry_after=wait)
        raise self.lost(f"gave an answer that leaves it open{reason[:-1]}", status)

    def _refusal(self, answer: Answer) -> ProviderError:
        status, headers = answer.status, answer.headers
        busy = status == 503 and "retry-after" in headers
        wait = retry_after(headers) if busy or status == 429 else None
        if status == 429 or (busy and self._undone()):
            reason = "asks us to slow down" if status == 429 else "is busy"
            sentence = f"{self.label} {reason}; nothing was done."
            return ProviderUnavailable(sentence, upstream_status=status, retry_after=wait)
        # 408 is often a proxy's, which gave up on a server that goes on.
        if status == 408 or not 400 <= status < 500:
            return self.lost(f"answered with an error of its own ({status})", status, wait)
        refused = f"refused with status {status}"
        strange = f"does not accept the {self.credentials} of this connection"
        what = strange if status == 401 else refused
        sentence = f"{self.label} {what}{self._tail(_reason(answer))}"
        return ProviderRejected(sentence, upstream_status=status, of_account=status in OF_ACCOUNT)

    def _undone(self) -> bool:
        """Whether a provider that asks us to come back has done nothing of the call."""
        return not self.effect or self.signs is None or self.signs.busy_is_undone

    def _check_signs(self, answer: Answer) -> None:
        """Raise what a 2xx answer says itself: a refusal, or nothing that tells what was done."""
        if self.signs is None:
            return
        reason = self.signs.refusal(answer.data, deep=self.effect)
        if reason is not None:
            if meant := self.signs.meant(answer.data, reason, deep=self.effect):
                raise self._refusal(replace(answer, status=meant))
            sentence = f"{self.label} refused{self._tail(reason)}"
            raise ProviderRejected(sentence, upstream_status=answer.status)
        if self.effect and not self.signs.shows_done(answer.data):
            raise self.lost(NO_SIGN, answer.status)

    def _tail(self, reason: str) -> str:
        shown = self.mask(reason)
        if not shown:
            return "."
        return f": {shown}" if shown.endswith((".", "!", "?", "…")) else f": {shown}."


def _answer(status: int, headers: Mapping[str, str], body: bytes, effect: bool) -> Answer:
    try:
        data: Any = jsons.loads(body) if body.strip() else None
    except (ValueError, RecursionError):
        return Answer(
            status=status, headers=headers, data=None, text=body.decode("utf-8", "replace")
        )
    # Some gateways answer a call with a list of its one outcome.
    if effect and isinstance(data, list) and len(data) == 1:
        [data] = data
    return Answer(status=status, headers=headers, data=data)


def _reason(answer: Answer) -> str:
    return reasons.of_body(answer.text.encode()) if answer.text else reasons.of(answer.data)


def _parts(asked: str, place: str) -> SplitResult:
    try:
        return urlsplit(urljoin(asked, place))
    except ValueError:
        return urlsplit("")
