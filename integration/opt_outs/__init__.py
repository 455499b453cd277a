"""Opt-outs: who has asked for no more texts of a sender; checked before each send."""
