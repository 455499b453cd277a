"""Words as several platforms write them."""


def sentence(label: str) -> str:
    """Keeps 'Sender ID' and 'Send SMS', and turns 'First Name' into 'First name'."""
    first, *others = label.split(" ")
    return " ".join([first, *map(small, others)])


def small(word: str) -> str:
    """Returns the word in small letters, unless it is an acronym such as SMS."""
    return word.lower() if word[1:] == word[1:].lower() else word
