"""The one error of the launcher: a sentence for the person who started it."""


class LaunchError(Exception):
    """Stops the start; its text says what is wrong, where, and what to do."""
