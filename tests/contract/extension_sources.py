"""Extensions as their authors write them, and every slip of the pen we know."""

from __future__ import annotations

TRIGGER = '''
"""A trigger."""
from integration.kernel.fields import Inputs, Text, Secret
from integration.kernel.specs import Trigger

class Filters(Inputs):
    word = Text(label="Word", help="A word in it.", sample="hello")

TRIGGER = Trigger(
    key="new_thing",
    noun="Thing",
    label="New Thing",
    description="Triggers when a thing happens.",
    inputs=Filters,
    wants=lambda event, filters: True,
    sample={"id": "1"},
)
'''
ACTION = '''
"""An action."""
from integration.kernel.capabilities import SendsSms
from integration.kernel.events import Sent
from integration.kernel.fields import Inputs, Word, longest
from integration.kernel.specs import Action, Options

class Wishes(Inputs):
    word = Word(label="Word", help="A word to do it with.", sample="hello")

ACTION = Action(
    key="new_thing",
    noun="Thing",
    label="Do Thing",
    description="Does a thing.",
    inputs=Wishes,
    needs=SendsSms,
    run=lambda provider, values: Sent(provider_id=None),
    sample={"word": "hello"},
)
'''
PROVIDER = '''
"""A provider."""
from integration.kernel.capabilities import HasAccount
from integration.kernel.events import Account
from integration.kernel.fields import Inputs, Secret
from integration.kernel.signs import Signs
from integration.kernel.specs import Limit, Provider

class Settings(Inputs):
    api_key = Secret(required=True, label="API Key", help="The key.", sample="abc")

class New(Provider, HasAccount):
    key, label, help = "new_thing", "New", "Sends things."
    settings = Settings
    base_url = "https://new.example"
    limit = Limit(requests=1, seconds=1)
    signs = Signs(ids=("id",))

    def probe(self):
        return self.account()

    def account(self):
        return Account(label="New")

PROVIDER = New
'''
SOURCES = {"triggers": TRIGGER, "actions": ACTION, "providers": PROVIDER}

# A folder, what stands in its source, what stands there instead, and what the refusal says.
FAULTS: list[tuple[str, str, str, str]] = [
    ("triggers", "TRIGGER = Trigger(", "IT = Trigger(", "one constant, TRIGGER; it defines none"),
    (
        "triggers",
        "TRIGGER = Trigger(",
        "ACTION = TRIGGER = Trigger(",
        "it defines TRIGGER and ACTION",
    ),
    ("triggers", "TRIGGER = Trigger(", "ACTION = Trigger(", "constant, TRIGGER; it defines ACTION"),
    ("actions", "ACTION = Action(", "TRIGGER = Action(", "ACTION or SEARCH; it defines TRIGGER"),
    ("actions", "ACTION = Action(", "SEARCH = Action(", "SEARCH must be one Search"),
    ("triggers", 'key="new_thing"', 'key="old_thing"', "must be the file's, 'new_thing'"),
    ("triggers", '"New Thing"', '"New thing"', "label 'New thing' must be in title case"),
    ("triggers", '"New Thing"', '"N"', "label 'N' must be in title case"),
    ("triggers", '"New Thing"', '"N' + "e" * 64 + '"', "must be in title case"),
    ("triggers", "Triggers when a", "When a", "must start with 'Triggers when '"),
    ("triggers", "thing happens.", "thing happens", "must be a sentence"),
    ("actions", '"Does a thing."', '"Do a thing."', "must start with what it does"),
    ("actions", '"Do Thing"', '"Make Thing"', "must start with the label's verb, 'Make'"),
    ("triggers", 'help="A word in it.", ', "", "missing 1 required keyword-only argument: 'help'"),
    ("triggers", 'help="A word in it."', 'help=" "', "'word' needs a help text that is a sentence"),
    ("triggers", ', sample="hello"', "", "missing 1 required keyword-only argument: 'sample'"),
    ("triggers", 'sample="hello"', 'sample=""', "'word' needs a sample"),
    ("triggers", 'label="Word"', 'label="word"', "'word' needs a label in title case"),
    (
        "triggers",
        'sample="hello"',
        'sample="hello", options="things"',
        "dropdown 'things'. Known: connections,",
    ),
    ("triggers", "Text(label", "Secret(label", "'word' cannot be secret"),
    ("triggers", "word = Text", "cursor = Text", "cannot be called 'cursor'"),
    ("triggers", 'sample="hello"', 'sample="hello", aliases=["limit"]', "cannot be called 'limit'"),
    ("triggers", "word = Text", "Word = Text", "The key 'Word' must be"),
    ("triggers", '{"id": "1"}', '{"id": 1}', "needs an 'id' that is text"),
    ("triggers", '{"id": "1"}', '{"id": "1", "at": object()}', "must be plain JSON"),
    (
        "triggers",
        "class Filters(Inputs):",
        "class Filters(Inputs):\n    plain = __import__('marshmallow').fields.String()",
        "'plain' must be one of integration/kernel/fields.py",
    ),
    (
        "triggers",
        "import Inputs, Text",
        "import Inputs, Texd",
        "cannot be loaded: cannot import name 'Texd'",
    ),
    (
        "triggers",
        "inputs=Filters",
        "inputs=None",
        "Its inputs must be a class that inherits Inputs",
    ),
    ("triggers", "class Filters", "clas Filters", "cannot be loaded: invalid syntax"),
    (
        "actions",
        'sample="hello")',
        'sample="hello", validate=longest(3))',
        "samples are refused by their own schema",
    ),
    (
        "actions",
        '{"word": "hello"},',
        '{"word": "hello"}, split="word",',
        "splits by 'word', which is not a field that takes a list",
    ),
    ("actions", "word = Word", "wait = Word", "cannot be called 'wait'"),
    (
        "providers",
        "PROVIDER = New",
        "PROVIDER = New({}, None)",
        "must be a class that inherits Provider",
    ),
    ("providers", "    settings = Settings\n", "", "class lacks settings"),
    ("providers", "https://new", "http://new", "must start with https://"),
    ("providers", "api_key = Secret", "token = Secret", "name 'api_key', which its"),
    ("providers", "Secret(required=True, ", "Secret(", "none is a required field"),
    (
        "providers",
        "    def account",
        "    def accounts",
        "abilities without their methods: account",
    ),
    ("providers", "(Provider, HasAccount)", "(Provider)", "It can do nothing yet"),
    ("providers", "requests=1", "requests=0", "limit must allow at least one call"),
    ("providers", "limit = L", "call_seconds = 31\n    limit = L", "call_seconds must be 1 to 30"),
    ("providers", 'signs = Signs(ids=("id",))', "pass", "Name the signs of success"),
    ("providers", "Sends things.", "Sends things", "must be a sentence"),
]
