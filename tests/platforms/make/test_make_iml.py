"""The evaluator does what Make's documentation says of the part we use, and refuses the rest."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.platforms.make import iml
from tests.platforms.make.iml import UNDEFINED, evaluate

SCOPE: dict[str, Any] = {
    "body": {
        "id": "a",
        "none": None,
        "count": 100,
        "rows": [1, 2],
        "deep": {"x": "y"},
        "no": False,
    },
    "item": {"text": "Hello {{name}}, }} {{", "long": "x" * 80},
    "parameters": {
        "at": datetime.fromisoformat("2030-01-31T09:00:00+01:00"),
        "pairs": [{"key": "a", "value": "1"}],
        "word": "x",
        "empty": "",
    },
    "statusCode": 422,
}


@pytest.mark.parametrize(
    ("template", "value"),
    [
        ("plain", "plain"),
        (7, 7),
        (None, None),
        ("{{body.id}}", "a"),
        ("{{body.rows}}", [1, 2]),
        ("{{body.deep.x}}", "y"),
        ("{{body.nothing}}", UNDEFINED),
        ("{{body.nothing.within}}", UNDEFINED),
        ("{{body.none}}", None),
        ("<{{body.nothing}}{{body.none}}>", "<>"),
        ("[{{statusCode}}] {{body.id}}", "[422] a"),
        ("{{if(body.id, true, false)}}", True),
        ("{{if(body.no, 'yes', 'no')}}", "no"),
        ("{{if(body.nothing, body.id, 'none')}}", "none"),
        ("{{ifempty(body.none, 'none')}}", "none"),
        ("{{ifempty(parameters.empty, 'none')}}", "none"),
        ("{{ifempty(body.id, 'none')}}", "a"),
        ("{{substring(item.long, 0, 60)}}", "x" * 60),
        ("{{formatDate(parameters.at, 'YYYY-MM-DDTHH:mm:ssZ')}}", "2030-01-31T09:00:00+01:00"),
        ("{{if(body.none, formatDate(body.none, 'YYYY-MM-DDTHH:mm:ssZ'), '')}}", ""),
        ("{{add(emptyarray, body)}}", [SCOPE["body"]]),
        ("{{length(body.rows) == 2}}", True),
        ("{{length(body.rows) == 100}}", False),
        ("{{body.count - 1}}", 99),
        ({"a": "{{body.id}}", "b": "{{body.nothing}}"}, {"a": "a"}),
        (
            {"{{...}}": "{{toCollection(parameters.pairs, 'key', 'value')}}", "b": 1},
            {"a": "1", "b": 1},
        ),
        ({"{{...}}": "{{toCollection(parameters.none, 'key', 'value')}}"}, {}),
        (["{{body.id}}", 1], ["a", 1]),
    ],
)
def test_what_we_use_comes_to_what_make_says(template: Any, value: Any) -> None:
    assert evaluate(template, SCOPE) == value


def test_text_is_read_once_so_that_braces_in_it_stay() -> None:
    text = SCOPE["item"]["text"]
    assert evaluate("{{item.text}}", SCOPE) == text
    assert evaluate({"message": "{{item.text}}"}, SCOPE) == {"message": text}
    assert evaluate("<{{item.text}}>", SCOPE) == f"<{text}>"


@pytest.mark.parametrize(
    "template",
    [
        "{{parseDate(body.id, 'X')}}",
        "{{omit(parameters, 'x')}}",
        "{{secret.key}}",
        "{{body.rows[1]}}",
        "{{body.`a b`}}",
        '{{"double"}}',
        "{{body.id + 'x'}}",
        "{{body.count > 1}}",
        "{{body.id ? 1 : 2}}",
        "{{if(body.id, 1)}}",
        "{{if(body.id; 1; 2)}}",
        "{{ifempty(body.id 'x')}}",
        "{{ifempty(body.id, 'x'}}",
        "{{body.id body.id}}",
        "{{}}",
        "{{body.id",
        "body.id}}",
        "a {{ b {{body.id}}",
        "{{'{{'}}",
        "{{substring(body.count, 0, 1)}}",
        "{{formatDate(body.id, 'YYYY-MM-DDTHH:mm:ssZ')}}",
        "{{formatDate(parameters.at, 'X')}}",
        "{{body.id - 1}}",
        "rows: {{body.rows}}",
        {"{{body.id}}": 1},
        {"{{...}}": "{{body.id}}"},
    ],
)
def test_whatever_else_is_refused(template: Any) -> None:
    with pytest.raises(iml.Refused):
        evaluate(template, SCOPE)


def test_names_are_the_variables_alone() -> None:
    found = iml.names("if(parameters.at, formatDate(parameters.at, 'body.id'), emptyarray)")
    assert found == ["parameters.at", "parameters.at"]
