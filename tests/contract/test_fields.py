"""Input fields read what platforms really send, and say in a sentence what they cannot read."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import ValidationError

from integration.hooks.inputs import ReplayInput
from integration.kernel import fields
from integration.kernel.digits import SpelledFloat
from integration.kernel.feed_query import FeedInput
from integration.kernel.fields import Inputs, described
from integration.kernel.sender_id import SenderId

WORDS: dict[str, Any] = {"label": "Field", "help": "What to fill in.", "sample": "x"}


class Everything(Inputs):
    text = fields.Text(**WORDS)
    long_text = fields.LongText(**WORDS, validate=fields.longest(5))
    word = fields.Word(**WORDS, aliases=("name", "title"))
    url = fields.Url(**WORDS)
    phones = fields.PhoneList(**WORDS)
    sender = fields.SenderFilter(**WORDS)
    shown = SenderId(**WORDS)
    secret = fields.Secret(**WORDS)
    password = fields.Password(**WORDS)
    choice = fields.Choice(**WORDS, choices={"inbound": "Received", "outbound": "Sent"})
    sim = fields.SimSlot(**WORDS)
    moment = fields.Moment(**WORDS)
    number = fields.Number(**WORDS, least=1, most=100)
    flag = fields.Flag(**WORDS)


TWO = ["+14155550123", "+31612345678"]
READ = [
    ("text", " as it is ", " as it is "),
    ("text", 42, "42"),
    ("word", " trimmed\n", "trimmed"),
    ("secret", "\t pf_0123 \r\n", "pf_0123"),
    ("password", "\r\n my password \n", " my password "),
    ("url", " https://example.com/a?b=c ", "https://example.com/a?b=c"),
    ("phones", 14155550123, ["+14155550123"]),
    ("phones", "(415) 555-0123", ["+14155550123"]),
    ("phones", 14155550123.0, ["+14155550123"]),
    ("phones", SpelledFloat("14155550123.0"), ["+14155550123"]),
    ("phones", "+14155550123", ["+14155550123"]),
    ("phones", ["+14155550123"], ["+14155550123"]),
    ("phones", 14155550123, ["+14155550123"]),
    ("phones", "+14155550123, ,0031612345678,", ["+14155550123", "+31612345678"]),
    ("phones", ["+1 415 555 0123", "14155550123", ""], ["+14155550123"]),
    ("phones", ["+14155550123, +31612345678", 14155550123], ["+14155550123", "+31612345678"]),
    ("phones", "+14155550123; +31612345678\n\n4155550124", [*TWO, "+14155550124"]),
    ("phones", '["+14155550123", null, "", "31612345678", 4155550124]', [*TWO, "+14155550124"]),
    ("phones", ["+14155550123", None, "null", "+31612345678"], TWO),
    ("shown", " +1 (415) 555-0100 ", "+14155550100"),
    ("shown", "44 7700 900000", "447700900000"),
    ("shown", "40404", "40404"),
    ("shown", " Bank 24-7 ", "Bank 24-7"),
    ("shown", "MG00000000000000000000000000000001", "MG00000000000000000000000000000001"),
    ("sender", "MyBank", "MyBank"),
    ("sender", " 14155550123", "+14155550123"),
    ("sender", " 31612345678", "+31612345678"),
    ("sender", "415-555-0123", "+14155550123"),
    ("choice", " INBOUND", "inbound"),
    ("sim", "SIM1", "SIM1"),
    ("sim", "sim 2", "SIM2"),
    ("sim", "sim_1", "SIM1"),
    ("sim", 2, "SIM2"),
    ("moment", "2026-01-31T09:00:00+01:00", "2026-01-31T08:00:00Z"),
    ("moment", "2026-01-31T09:00:00.250Z", "2026-01-31T09:00:00.250Z"),
    ("number", "100", 100),
    ("number", 1, 1),
    ("number", "42.0", 42),
    ("flag", True, True),
    ("flag", "Yes", True),
    ("flag", 0, False),
    ("flag", "off", False),
]
REFUSED = [
    ("text", ["a"], "Field must be text."),
    ("text", {"a": 1}, "Field must be text."),
    ("text", True, "Field must be text."),
    ("long_text", "123456", "This is longer than 5 characters; shorten it."),
    ("url", "example.com", "Field must be a full address that starts with https://."),
    ("url", "javascript:alert(1)", "Field must be a full address that starts with https://."),
    ("phones", "MyBank", '"MyBank" has letters in it;'),
    ("phones", "+14155550123 +14155550124", '"+14155550123 +1415555012…" is not'),
    ("phones", -14155550123, '"-14155550123" is below zero;'),
    ("phones", SpelledFloat("1.4155E+10"), '"1.4155E+10" was shortened by a spreadsheet;'),
    ("phones", 4.479e30, '"4.479e+30" was shortened by a spreadsheet;'),
    ("phones", ",", "Field is missing."),
    ("phones", "null", "Field is missing."),
    ("phones", "+14155550123,hello", 'Entry 2: "hello" has letters in it;'),
    ("phones", True, '"true" has letters in it;'),
    ("phones", [["MyBank"]], '"["MyBank"]" has letters in it;'),
    ("phones", ["+14155550123"] * 101, "At most 100 numbers in one call; split the list."),
    ("choice", "sideways", "Field must be inbound or outbound."),
    ("sim", "SIM3", "Field must be SIM1 or SIM2."),
    ("moment", "2026-01-31 09:00", "Field must be a time with an offset,"),
    ("moment", "tomorrow", "Field must be a time with an offset,"),
    ("moment", "9999-12-31T23:59:59-14:00", "Field must be a time with an offset,"),
    ("number", "5.5", "Field must be a whole number from 1 to 100."),
    ("number", "0", "Field must be a whole number from 1 to 100."),
    ("number", 1.5, "Field must be a whole number from 1 to 100."),
    ("number", [5], "Field must be a whole number from 1 to 100."),
    ("number", True, "Field must be a whole number from 1 to 100."),
    ("number", "9" * 5000, "Field must be a whole number from 1 to 100."),
    ("number", "²", "Field must be a whole number from 1 to 100."),
    ("flag", "maybe", "Field must be true or false."),
]


def label(value: Any) -> str:
    return str(value)[:30]


@pytest.mark.parametrize(("name", "given", "read"), READ, ids=label)
def test_a_field_reads_what_platforms_send(name: str, given: Any, read: Any) -> None:
    assert Everything(region="US").load({name: given}) == {name: read}


@pytest.mark.parametrize(("name", "given", "sentence"), REFUSED, ids=label)
def test_a_field_refuses_in_a_sentence(name: str, given: Any, sentence: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Everything(region="US").load({name: given})
    [message] = refused.value.messages_dict[name]
    assert message.startswith(sentence)
    assert message.endswith(".")


def test_a_national_number_without_a_region_is_not_guessed() -> None:
    assert Everything().validate({"phones": "06 12345678"})
    assert Everything(region="NL").load({"phones": "06 12345678"}) == {"phones": ["+31612345678"]}


def test_a_list_says_which_of_its_entries_are_wrong() -> None:
    with pytest.raises(ValidationError) as refused:
        Everything().load({"phones": ["+14155550123", "hello", None, "(415) 555-0123"]})
    wrong = refused.value.messages_dict["phones"]
    assert [line.split(" ")[:3] for line in wrong] == [
        ["Entry", "2:", '"hello"'],
        ["Entry", "3:", '"(415)'],
    ]


@pytest.mark.parametrize(
    "blank", ["", " \n", "\u200b\u2060", "\ufe0f \u200d\x00", None, []], ids=repr
)
def test_blank_means_not_given(blank: Any) -> None:
    assert Everything().load({"text": blank, "phones": blank}) == {}


@pytest.mark.parametrize("text", ["\u200b.\u200d", "👩\u200d👧", "❤\ufe0f"])
def test_what_joins_other_characters_stays_in_a_text(text: str) -> None:
    assert Everything().load({"text": text}) == {"text": text}


@pytest.mark.parametrize("zero", [0, False, "0"], ids=repr)
def test_zero_and_false_are_given(zero: Any) -> None:
    assert Everything().load({"flag": zero}) == {"flag": False}


def test_a_field_has_aliases() -> None:
    assert Everything().load({"name": "a"}) == {"word": "a"}
    assert Everything().load({"title": "a", "name": ""}) == {"word": "a"}
    assert Everything().load({"title": "a", "word": " "}) == {"word": "a"}
    assert Everything().load({"title": " 7", "name": "7\n", "word": 7}) == {"word": "7"}


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({"word": "a", "title": "b"}, "word and title"),
        ({"title": "a", "name": "b"}, "name and title"),
        ({"word": "a", "name": " a", "title": "b"}, "word and title"),
        ({"word": "a", "name": ["a"]}, "word and name"),
    ],
)
def test_a_field_under_two_names_with_different_values_is_refused(
    given: dict[str, Any], names: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        Everything().load(given)
    sentence = f"{names} are two names of one field, and their values differ; give one of them."
    assert refused.value.messages_dict == {"word": [sentence]}


@pytest.mark.parametrize("schema", [FeedInput, ReplayInput])
def test_a_span_that_ends_before_it_begins_is_refused(schema: type[Inputs]) -> None:
    span = {"since": "2026-02-01T01:00:00+01:00", "until": "2026-02-01T00:00:00Z"}
    assert schema().validate(span) == {}
    wrong = schema().validate(span | {"since": "2026-02-01T00:00:01Z"})
    assert "later than until" in wrong["since"][0]


def test_a_name_that_is_a_field_is_no_alias() -> None:
    class Both(Inputs):
        first = fields.Text(**WORDS, aliases=("second",))
        second = fields.Text(**WORDS)

    assert Both().load({"second": "a"}) == {"second": "a"}


def test_the_catalog_shows_fields_in_their_order_with_all_a_platform_asks() -> None:
    shown = described(Everything)
    assert [field["key"] for field in shown] == list(Everything().fields)
    assert shown[2] == {
        "key": "word",
        "type": "text",
        "required": False,
        "list": False,
        "label": "Field",
        "help": "What to fill in.",
        "sample": "x",
        "aliases": ("name", "title"),
    }
    assert [field["key"] for field in shown if field["list"]] == ["phones"]
    [choice] = [field for field in shown if field["key"] == "sim"]
    assert choice["choices"] == [{"id": "SIM1", "label": "SIM 1"}, {"id": "SIM2", "label": "SIM 2"}]
