"""The rules of every extension; each fault is a sentence that says what to mend."""

import inspect
import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, TypeGuard

from marshmallow import ValidationError

from integration.kernel.capability import Capability
from integration.kernel.fields import Inputs, Secret, Text
from integration.kernel.signs import Signs
from integration.kernel.specs import (
    MOST_CALL_SECONDS,
    Action,
    Options,
    Provider,
    Search,
    Trigger,
)

KEY = re.compile(r"[a-z][a-z0-9_]{1,60}")
WORD = re.compile(r"[A-Z0-9][\w'’/&-]*")
SMALL_WORDS = frozenset(
    {"a", "an", "and", "as", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with"}
)
LABEL_LENGTHS = range(2, 65)  # characters; Zapier's schema
CONSTANTS = ("key", "label", "help", "settings", "base_url", "limit")
ACRONYM = 4  # letters; a longer word in capitals shouts

# Words that a flat body or query uses beside an extension's own fields.
TAKEN: Mapping[type, frozenset[str]] = {
    Trigger: frozenset(
        {"ack", "consumer", "cursor", "description", "event", "filters", "hookUrl", "hook_url"}
        | {"limit", "platform", "target_url", "trigger", "url"}
    ),
    Action: frozenset({"idempotency_key", "wait"}),
    Search: frozenset({"limit", "page"}),
}


def faults(spec: Any, dropdowns: Collection[str]) -> list[str]:
    """Returns the faults of an extension; `dropdowns` are the keys that a field's `options` may
    name."""
    lacking = [name for name in CONSTANTS if _is_provider(spec) and not hasattr(spec, name)]
    if lacking:
        return [f"The class lacks {', '.join(lacking)}; Provider in specs.py shows its parts."]
    found = [*_key(spec.key), *_words(spec)]
    if _is_provider(spec):
        return [*found, *_provider(spec), *_fields(spec.settings, dropdowns)]
    if isinstance(spec, Trigger | Action | Search):
        if not _is_schema(spec.inputs):
            return [
                *found,
                "Its inputs must be a class that inherits Inputs; an empty one will do.",
            ]
        return [*found, *_fields(spec.inputs, dropdowns), *_names(spec), *_sample(spec)]
    return found


def _is_schema(inputs: object) -> bool:
    return isinstance(inputs, type) and issubclass(inputs, Inputs)


def _is_provider(spec: object) -> TypeGuard[type[Provider]]:
    return isinstance(spec, type) and issubclass(spec, Provider)


def is_title_case(label: str) -> bool:
    """Accepts 'Time of Day' and 'New SMS'; refuses 'New sms', 'new SMS' and 'MESSAGE'."""
    words = label.split(" ")
    small = set(words[1:-1]) & SMALL_WORDS
    return all(word in small or _stands_up(word) for word in words)


def _stands_up(word: str) -> bool:
    shouts = word.isupper() and len(word) > ACRONYM
    return WORD.fullmatch(word) is not None and not shouts


def is_sentence(text: str) -> bool:
    return text == text.strip() and text[:1].isupper() and text.endswith(".")


def _key(key: str) -> Iterator[str]:
    if not KEY.fullmatch(key):
        yield f"The key '{key}' must be 2 to 61 small letters, digits and underscores."


def _words(spec: Any) -> Iterator[str]:
    titled = isinstance(spec, Trigger | Action | Search | Options)
    if len(spec.label) not in LABEL_LENGTHS or (titled and not is_title_case(spec.label)):
        yield f"The label '{spec.label}' must be in title case, such as 'New Inbound SMS'."
    text = spec.help if _is_provider(spec) else spec.description
    if not is_sentence(text):
        yield f"The text '{text}' must be a sentence: a capital first, a full stop last."
    if isinstance(spec, Trigger) and not text.startswith("Triggers when "):
        yield f"The description '{text}' must start with 'Triggers when '."
    if isinstance(spec, Action | Search | Options) and not text.split(" ")[0].endswith("s"):
        yield f"The description '{text}' must start with what it does, such as 'Sends'."
    verb = spec.label.split(" ")[0]
    if isinstance(spec, Action | Search) and text[:2] != verb[:2]:
        yield f"The description '{text}' must start with the label's verb, '{verb}'."


def _fields(schema: type[Inputs], dropdowns: Collection[str]) -> Iterator[str]:
    samples = {}
    for name, field in schema().fields.items():
        if not isinstance(field, Text):
            yield f"The field '{name}' must be one of integration/kernel/fields.py."
            continue
        samples[name] = field.metadata["sample"]
        yield from _field(name, field, dropdowns)
    try:
        schema().load(samples)
    except ValidationError as error:
        yield f"The samples are refused by their own schema: {json.dumps(error.messages)}."


def _field(name: str, field: Text, dropdowns: Collection[str]) -> Iterator[str]:
    label, text, options = (field.metadata[each] for each in ("label", "help", "options"))
    yield from _key(name)
    if len(label) not in LABEL_LENGTHS or not is_title_case(label):
        yield f"The field '{name}' needs a label in title case, such as 'First Name'."
    if not is_sentence(text):
        yield f"The field '{name}' needs a help text that is a sentence: what to fill in."
    if not str(field.metadata["sample"]).strip():
        yield f"The field '{name}' needs a sample: a value somebody might really give."
    if options is not None and options not in dropdowns:
        known = ", ".join(sorted(dropdowns)) or "none"
        yield f"The field '{name}' names the dropdown '{options}'. Known: {known}."


def _names(spec: Trigger | Action | Search) -> Iterator[str]:
    fields = spec.inputs().fields
    for name, field in fields.items():
        aliases = set(field.metadata.get("aliases", ()))
        for word in sorted(TAKEN[type(spec)] & {name, *aliases}):
            yield f"The field '{name}' cannot be called '{word}': the address itself reads that."
        if isinstance(field, Secret):
            yield f"The field '{name}' cannot be secret: keys belong to the connection."
    split = spec.split if isinstance(spec, Action) else None
    if split and not getattr(fields.get(split), "many", False):
        yield f"It splits by '{split}', which is not a field that takes a list."


def _sample(spec: Trigger | Action | Search) -> Iterator[str]:
    try:
        json.dumps(spec.sample)
    except TypeError as error:
        yield f"The sample must be plain JSON: {error}."
    named = spec.sample.get("id")
    if not isinstance(spec, Action) and not (isinstance(named, str) and named):
        yield "The sample needs an 'id' that is text: platforms tell objects apart by it."


def _provider(spec: type[Provider]) -> Iterator[str]:
    if inspect.isabstract(spec):
        missing = ", ".join(sorted(spec.__abstractmethods__))
        yield f"It inherits abilities without their methods: {missing}."
    if not issubclass(spec, Capability):
        yield "It can do nothing yet: inherit a class of integration/kernel/capabilities.py."
    if not all(
        each.startswith("https://") for each in (spec.base_url, *spec.hosts.values()) if each
    ):
        yield f"The base_url '{spec.base_url}' and its hosts must start with https://."
    if not spec.base_url and "base_url" not in spec.required():
        yield "Without a base_url of its own, its settings must require one."
    yield from _account_settings(spec)
    if spec.limit.requests < 1 or spec.limit.seconds < 1:
        yield "The limit must allow at least one call in at least one second."
    if not isinstance(getattr(spec, "signs", None), Signs):
        yield "Name the signs of success in its answers: signs = Signs(ids=(...))."
    if not 1 <= spec.call_seconds <= MOST_CALL_SECONDS:
        yield f"Its call_seconds must be 1 to {MOST_CALL_SECONDS:g}."


def _account_settings(spec: type[Provider]) -> Iterator[str]:
    fields, names = spec.settings().fields, spec.account_settings
    for name in names:
        if name not in fields and not (name == "base_url" and spec.base_url):
            yield f"Its account_settings name '{name}', which its settings lack."
    if not any(name in fields and fields[name].required for name in names):
        yield (
            f"Of its account_settings ({', '.join(names)}), none is a required field: nothing tells"
            " two accounts apart."
        )
