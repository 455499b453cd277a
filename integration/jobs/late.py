"""Late: a text that must not go out after a time of its own."""

from integration.jobs.claim import Claim
from integration.jobs.finish import Ending
from integration.kernel.times import parse_strict
from integration.store.clock import wall_ms

FIELD, CODE, STATUS = "valid_until", "too_late", 422


def refusal(claim: Claim) -> Ending | None:
    """How a job ends whose time is over, None for all others."""
    until = claim.job.input.get(FIELD)
    if not until or parse_strict(str(until)).timestamp() * 1000 >= wall_ms():
        return None
    sentence = f"It was to go out until {until}, which has passed, so nothing was sent."
    error = {"status": STATUS, "message": sentence, "code": CODE}
    return Ending(
        status="failed", message=sentence, outcome="rejected", detail=sentence, error=error
    )
