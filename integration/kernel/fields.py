"""Input fields: marshmallow fields that also know how a platform shows them.

Platforms send values in loose forms, so every schema reads leniently. `""` means not given, and a
number may stand for text. A list may come as text with commas, and a field under its `aliases`.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

from marshmallow import RAISE, Schema, ValidationError, fields, pre_load, validate

from integration.kernel import aliases, digits, recipients, senders, times

TRUE = frozenset({"true", "yes", "on", "1"})
FALSE = frozenset({"false", "no", "off", "0"})
MOST_RECIPIENTS = 100
ReadAll = Callable[[list[str]], tuple[list[str], list[str]]]


class Text(fields.String):
    """One line or more of text. `options` names the dropdown that fills it."""

    kind: ClassVar[str] = "text"
    many: ClassVar[bool] = False

    def __init__(
        self,
        *,
        label: str,
        help: str,
        sample: str,
        options: str | None = None,
        aliases: Iterable[str] = (),
        **kwargs: Any,
    ) -> None:
        metadata: dict[str, Any] = {"label": label, "help": help, "sample": sample}
        metadata |= {"options": options, "aliases": tuple(aliases)}
        required = f"{label} is missing. {help}"
        super().__init__(metadata=metadata, error_messages={"required": required}, **kwargs)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        return self.take(value)

    def take(self, value: Any) -> Any:
        """Read a given value; a platform may send a number for text."""
        if isinstance(value, int | float) and not isinstance(value, bool):
            # In JSON 7.0 is a whole number; several platforms write all numbers this way.
            whole = isinstance(value, float) and value.is_integer()
            value = str(int(value) if whole else value)
        if not isinstance(value, str):
            raise ValidationError(f"{self.metadata['label']} must be text.")
        return self.read(value)

    def read(self, text: str) -> Any:
        return text


class LongText(Text):
    kind = "long_text"


class Word(Text):
    """Text whose surrounding white space is a typing slip."""

    def read(self, text: str) -> Any:
        return text.strip()


class Secret(Word):
    """Shown once, encrypted at rest, never logged."""

    kind = "secret"


class Password(Secret):
    """One that a person may have chosen: a space at its ends may be meant, a line break is not."""

    def read(self, text: str) -> Any:
        return text.strip("\r\n")


class Url(Word):
    kind = "url"

    def read(self, text: str) -> Any:
        address = text.strip()
        if not address.lower().startswith(("https://", "http://")):
            label = self.metadata["label"]
            raise ValidationError(f"{label} must be a full address that starts with https://.")
        return address


class PhoneList(Text):
    """One number or several to send to, read into distinct E.164. A list is an array, JSON of one,
    or text with commas, semicolons or lines between the numbers."""

    kind = "phone"
    many = True

    def take(self, value: Any) -> Any:
        region = getattr(self.root, "region", None)
        return self.several(value, lambda given: recipients.several(given, region))

    def several(self, value: Any, read: ReadAll) -> list[str]:
        """What `read` makes of the members of a list."""
        given = digits.entries(value)
        if not given:
            raise ValidationError(f"{self.metadata['label']} is missing.")
        if len(given) > MOST_RECIPIENTS:
            raise ValidationError(f"At most {MOST_RECIPIENTS} numbers in one call; split the list.")
        found, wrong = read(given)
        if wrong:
            raise ValidationError(wrong)
        return found


class SenderFilter(Text):
    """The other side as a filter: a number in E.164, or a name as written ("MyBank")."""

    kind = "phone"

    def read(self, text: str) -> Any:
        # A plus without percent-encoding arrives from a query string as a space.
        raw = "+" + text.strip() if text.startswith(" ") and text.strip().isdecimal() else text
        return senders.named(raw, getattr(self.root, "region", None))


class Choice(Word):
    """One of a few words; reads upper and lower case alike."""

    kind = "choice"

    def __init__(self, *, choices: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.choices = dict(choices)
        rows = [{"id": key, "label": text} for key, text in choices.items()]
        self.metadata = {**self.metadata, "choices": rows}

    def read(self, text: str) -> Any:
        for key in self.choices:
            if text.strip().casefold() == key.casefold():
                return key
        known = " or ".join(self.choices)
        raise ValidationError(f"{self.metadata['label']} must be {known}.")


class SimSlot(Choice):
    """SIM1 or SIM2; also reads "1" and "sim 2"."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices={"SIM1": "SIM 1", "SIM2": "SIM 2"}, **kwargs)

    def read(self, text: str) -> Any:
        word = text.upper().replace(" ", "").replace("_", "")
        return super().read(word if word.startswith("SIM") else f"SIM{word}")


class Moment(Text):
    """A time with an offset, read into RFC 3339 UTC."""

    kind = "datetime"

    def read(self, text: str) -> Any:
        try:
            return times.rfc3339(times.parse_strict(text))
        except ValueError as error:
            wanted = "a time with an offset, such as 2026-01-31T09:00:00+01:00"
            raise ValidationError(f"{self.metadata['label']} must be {wanted}.") from error


class Number(Text):
    """A whole number between `least` and `most`."""

    kind = "integer"

    def __init__(self, *, least: int, most: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.least, self.most = least, most

    def take(self, value: Any) -> Any:
        is_number = isinstance(value, str | int | float) and not isinstance(value, bool)
        return super().take(value if is_number else "")

    def read(self, text: str) -> Any:
        digits = text.strip().removesuffix(".0")  # spreadsheets write 600.0
        number = int(digits) if digits.isdecimal() and len(digits) < 12 else -1
        if not self.least <= number <= self.most:
            wanted = f"a whole number from {self.least} to {self.most}"
            raise ValidationError(f"{self.metadata['label']} must be {wanted}.")
        return number


class Flag(Text):
    """Yes or no, in any spelling that platforms use."""

    kind = "boolean"

    def take(self, value: Any) -> Any:
        word = str(value).strip().casefold()
        if word not in TRUE | FALSE:
            raise ValidationError(f"{self.metadata['label']} must be true or false.")
        return word in TRUE


class Inputs(Schema):
    """Base of every input schema. `region` reads national phone numbers (ISO 3166)."""

    class Meta:
        unknown = RAISE

    def __init__(self, *, region: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.region = region
        self._aliases = aliases.of(self.fields)
        unknown = f"There is no such field here. Known fields: {', '.join(self.fields)}."
        self.error_messages = {**self.error_messages, "unknown": unknown}

    @pre_load
    def forgive(self, data: Any, **_: Any) -> Any:
        """Drops blank values and renames aliases."""
        given = {key: value for key, value in data.items() if not blank(value)}
        return aliases.renamed(given, self._aliases)


def blank(value: Any) -> bool:
    """Whether this value means "not given", as text without a visible character does."""
    return value is None or value == [] or (isinstance(value, str) and not digits.visible(value))


def described(schema: type[Schema]) -> list[dict[str, Any]]:
    """The fields of a schema in their author's order, as the catalog shows them.

    A dropdown `follows` the connection that the same form chooses."""
    found = {name: _describe(name, field) for name, field in schema().fields.items()}
    for each in found.values():
        if each.get("options", "connections") != "connections" and "connection" in found:
            each["follows"] = "connection"
    return list(found.values())


def _describe(name: str, field: fields.Field[Any]) -> dict[str, Any]:
    assert isinstance(field, Text), f"{name} is not one of our fields"
    facts = {"key": name, "type": field.kind, "required": field.required, "list": field.many}
    return facts | {key: value for key, value in field.metadata.items() if value not in (None, ())}


def longest(characters: int) -> validate.Length:
    """A length limit whose message says what to do."""
    error = f"This is longer than {characters} characters; shorten it."
    return validate.Length(max=characters, error=error)
