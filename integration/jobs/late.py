"""Late: a text that must not go out after a time of its own."""

from integration.jobs.claim import Claim
from integration.jobs.finish import Ending
from integration.kernel.specs import Values
from integration.kernel.times import parse_strict
from integration.store.clock import wall_ms

FIELD, CODE, STATUS = "valid_until", "too_late", 422


def ends_ms(values: Values) -> int:
    """Until when a text may go out (milliseconds by the wall clock), 0 for no end."""
    until = values.get(FIELD)
    return int(parse_strict(str(until)).timestamp() * 1000) if until else 0


def refusal(claim: Claim) -> Ending | None:
    """How a job ends whose time is over, None for all others."""
    until, ends = claim.job.input.get(FIELD), ends_ms(claim.job.input)
    # Its pacing has counted nothing for a late text, so the claim's word holds.
    if claim.paced != "late" and (not ends or ends >= wall_ms()):
        return None
    sentence = f"It was to go out until {until}, which has passed, so nothing was sent."
    error = {"status": STATUS, "message": sentence, "code": CODE}
    return Ending(
        status="failed", message=sentence, outcome="rejected", detail=sentence, error=error
    )
