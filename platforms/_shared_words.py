"""Words as several platforms write them."""


def sentence(label: str) -> str:
    """Keeps 'Sender ID' and 'Send SMS', and turns 'First Name' into 'First name'."""
    first, *others = label.split(" ")
    return " ".join([first, *map(small, others)])


def small(word: str) -> str:
    """Returns the word in small letters, unless it is an acronym such as SMS. Opt-Out is two words
    that a dash joins."""
    plain = all(part[1:] == part[1:].lower() for part in word.split("-"))
    return word.lower() if plain else word
