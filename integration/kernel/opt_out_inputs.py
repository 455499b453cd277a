"""What callers say of opt-outs: entries to add, a person to text again, and the rules."""

import re
from typing import Any

from marshmallow import ValidationError

from integration.kernel import common_fields, digits, recipients, senders
from integration.kernel.fields import Flag, Inputs, Moment, PhoneList, SenderFilter, Text, longest
from integration.kernel.opt_out_words import LONGEST, folded, word_of

MOST_WORDS = 100
BETWEEN = re.compile(r"[,;\r\n\uff0c\uff1b\u3001\u060c\u061b]")
"""What stands between words, also on keyboards of other scripts."""
ANSWER = 320
"""Characters of an automatic answer: two or three parts."""
REASON = 200
"""Characters of a reason."""
COLUMNS = ("phone", "connection", "sender", "opted_out", "by", "note", "changed_at")
"""The columns of an export, which an import reads again."""


class Words(Text):
    """A list of words, as an array or as text with commas, semicolons or lines between them. Taken
    for one word, a list would opt nobody out."""

    many = True

    def take(self, value: Any) -> Any:
        given = value if isinstance(value, list) else [value]
        parts = [part for each in given for part in BETWEEN.split(str(each))]
        words = [" ".join(each.split()) for each in parts if each.strip()]
        if len(words) > MOST_WORDS:
            raise ValidationError(f"At most {MOST_WORDS} words.")
        for each in words:
            if not folded(each) or len(each) > LONGEST:
                raise ValidationError(f"A word has letters or digits, {LONGEST} at most.")
            if word_of(each) in ("start", "yes", "help"):
                raise ValidationError(f"{each} asks for texts or for help; choose another word.")
        return words


class Person(SenderFilter):
    """Who may stand in the register: a number, or a short code or a name as it is written. A number
    of a country that nobody named is refused: that nothing is found of it would say nothing."""

    def read(self, text: str) -> Any:
        found = super().read(text)
        known = senders.written(found)
        if len(known) == 1 and (senders.is_number(found) or not senders.could_match(found)):
            try:
                recipients.read(text, getattr(self.root, "region", None))
            except ValueError as error:
                raise ValidationError(str(error)) from error
        return found


def person(help: str) -> Text:
    return Person(
        required=True,
        label="Phone",
        help=help,
        sample=common_fields.PHONE,
        aliases=common_fields.TO,
    )


def own_sender(help: str) -> Text:
    return SenderFilter(label="Sender", help=help, sample=common_fields.OWN, validate=longest(64))


def why(help: str) -> Text:
    return Text(
        label="Reason",
        help=help,
        sample="Asked on the phone",
        aliases=("note",),
        validate=longest(REASON),
    )


def agreed() -> Text:
    return Text(
        required=True,
        label="Reason",
        help="Say how the person agreed, such as: signed the form of 1 March.",
        sample="Signed the form of 1 March",
        aliases=("note",),
        validate=longest(REASON),
    )


class EntryInput(Inputs):
    phone = PhoneList(
        required=True,
        label="Phone",
        help="Who gets no more texts: one number or a list.",
        sample=common_fields.PHONE,
        aliases=common_fields.TO,
    )
    connection = common_fields.connection("Leave empty for every account, also for later ones.")
    sender = own_sender(
        "The number or name of yours that the person refuses; leave empty for all of them."
    )
    reason = why("Why, such as where the person said so.")
    changed_at = Moment(
        label="Changed At",
        help="When the person said so; now when left out. What is known from later stays.",
        sample="2026-01-31T09:00:00Z",
    )
    opted_out = Flag(
        load_default=True,
        label="Opted Out",
        help="An entry with false is left out: it is an export's, of somebody who opted in again.",
        sample="true",
    )


class AsRegistered(PhoneList):
    """One recipient in the register's own spelling, which may be a short code or a name."""

    def take(self, value: Any) -> Any:
        line = digits.tidied(str(value))
        return [line] if senders.could_match(line) else super().take(value)


class ExportedInput(EntryInput):
    """A row of an export of ours."""

    phone = AsRegistered(
        required=True,
        label="Phone",
        help="Who gets no more texts, as the export has it.",
        sample=common_fields.PHONE,
    )
    by = Text(label="By", help="Who said so; an import is by hand.", sample="word")


class ImportInput(Inputs):
    skip_wrong = Flag(
        load_default=False,
        label="Skip Wrong Rows",
        help="true takes the rows that are right; else a list with a wrong row is refused whole.",
        sample="true",
    )


class LiftInput(Inputs):
    phone = SenderFilter(
        required=True,
        label="Phone",
        help="Who wants texts again.",
        sample=common_fields.PHONE,
        aliases=common_fields.TO,
    )
    reason = agreed()
    connection = common_fields.connection("Leave empty for all accounts.")
    sender = own_sender(
        "Only the opt-out from this number or name of yours; leave empty for all of them."
    )


class RulesInput(Inputs):
    enabled = Flag(
        label="Check Before Each Text",
        help="Whether the register is kept, and checked before each text.",
        sample="true",
    )
    stop_words = Words(
        label="Words That Opt Out",
        help="Whole messages that opt out, in place of the usual words; an empty list for those.",
        sample="STOP",
    )
    confirm = Flag(
        label="Confirm Opt-Outs",
        help="Whether somebody who texts such a word gets one text that confirms it, where the"
        " provider sends none itself.",
        sample="true",
    )
    confirm_text = Text(
        label="Text of the Confirmation",
        help="That text; leave it empty for the usual one, which names START.",
        sample="You will get no more texts from us. Reply START to get them again.",
        validate=longest(ANSWER),
    )
    help_text = Text(
        label="Answer to HELP",
        help="What somebody gets who texts HELP; without it nobody is answered.",
        sample="Acme Ltd: order news. Questions: acme.example/help. Reply STOP to stop.",
        validate=longest(ANSWER),
    )
