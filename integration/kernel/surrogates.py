"""Lone surrogates: one half of a character such as an emoji, where a gateway cut a text within it.

JSON can hold one as an escape. UTF-8 cannot, so a store, a web page or a file takes none.
"""

from typing import Any

IN_JSON = "backslashreplace"
"""The error handler that encodes JSON: it writes a lone surrogate as the escape that JSON has."""


def joined(text: str) -> str:
    """The text with each pair of surrogates as the one character that it stands for."""
    if is_plain(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def replaced(text: str) -> str:
    """The same, with U+FFFD for each surrogate that is alone."""
    if is_plain(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def replaced_within(value: Any) -> Any:
    """A value of JSON with `replaced` texts."""
    if isinstance(value, str):
        return replaced(value)
    if isinstance(value, dict):
        return {replaced_within(name): replaced_within(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(replaced_within(each) for each in value)
    return value


def is_plain(text: str) -> bool:
    """Whether UTF-8 can hold it."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


class Told:
    """Base of the records that a provider's answers become: their texts are `replaced`.

    A received message keeps its text as it came, since that tells whether it is new.
    """

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            found = replaced_within(value)
            if found is not value:
                object.__setattr__(self, name, found)
