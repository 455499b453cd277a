"""Duplicates: the same text to the same number within a chosen time is refused.

The script that accepts a call decides it (duplicates.lua), so of two equal calls at one moment one
is accepted. The store holds a keyed digest, which tells neither the number nor the text.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from integration.accounts.sending_rules import SendingRules
from integration.jobs.claim import Claim
from integration.jobs.finish import Ending
from integration.kernel.errors import InvalidInput
from integration.kernel.specs import Action, Values
from integration.services import Services

FIELD, CODE, STATUS = "deduplicate_within", "duplicate", 422
SENT = ("message", "media_url")
"""What a recipient would get twice."""


@dataclass(frozen=True, kw_only=True)
class Texts:
    """The digests of a call's texts by number (duplicates.lua), and within what time an equal one
    is refused."""

    within_ms: int = 0
    digests: Mapping[str, str] = field(default_factory=dict)


NO_TEXTS = Texts()
"""Those of a call that refuses no duplicates."""


class Duplicate(InvalidInput):
    """Raised for a call all of whose texts are duplicates; `met` is the job that has the first."""

    code, title = CODE, "The same text was accepted before"

    def __init__(self, met: str) -> None:
        super().__init__(_sentence(met), errors={"message": [_sentence(met)]})
        self.met = met

    def problem(self) -> dict[str, object]:
        return {**super().problem(), "job_id": self.met}


def _sentence(met: str) -> str:
    return (
        f"The same text to this number was accepted as {met} within {FIELD}, so nothing was sent."
        f" Change the text, or give {FIELD} 0 to send it once more."
    )


def texts(
    services: Services, workspace: str, action: Action, values: Values, rules: SendingRules
) -> Texts:
    """What the duplicates of this call are known by; `rules` hold where it does not say."""
    within = int(values.get(FIELD, rules.deduplicate_within))
    if action.outgoing is None or not within:
        return NO_TEXTS
    given = values.get("phone") or ()
    phones = [given] if isinstance(given, str) else [str(each) for each in given]
    same = ["sent text", workspace, action.key, *(values.get(name) or "" for name in SENT)]
    # Fresh ones: no text stays in the memory of the process.
    tokens = services.vault.fresh_tokens
    digests = {each: " ".join(tokens(json.dumps([*same, each]))) for each in phones}
    return Texts(within_ms=within * 1000, digests=digests)


def refusal(claim: Claim) -> Ending | None:
    """How a duplicate within a batch ends, None for all other jobs."""
    if not claim.job.met:
        return None
    sentence = _sentence(claim.job.met)
    error = {"status": STATUS, "message": sentence, "code": CODE, "job_id": claim.job.met}
    return Ending(
        status="failed", message=sentence, outcome="rejected", detail=sentence, error=error
    )
