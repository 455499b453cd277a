"""What the proofs and the tests share: the running stack, the sandbox, sinks."""
