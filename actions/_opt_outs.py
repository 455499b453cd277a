"""What the actions and the search on opt-outs have in common."""

from integration.kernel.opt_outs import OptOuts

OFF = " The register is switched off in this workspace, so texts still go out."


def said(register: OptOuts, sentence: str) -> str:
    """What a job says of its result; where nobody looks at the register, it says so."""
    return sentence if register.kept else sentence + OFF
