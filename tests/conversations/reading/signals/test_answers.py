"""Yes, no, numbers, commands, corrections and tracking numbers."""

from __future__ import annotations

import pytest

from conversations.reading.signals.commands import read_command
from conversations.reading.signals.corrections import read_change
from conversations.reading.signals.numbers import read_number
from conversations.reading.signals.opt_out import is_carrier_word
from conversations.reading.signals.patterns import compile_patterns, read_words
from conversations.reading.signals.tracking import TrackingReader
from conversations.reading.signals.yes_no import read_yes_no

NYC = TrackingReader((r"^NYC311-\d{4}-\d{4}-\d{4}$", r"^311-\d{8}$", r"^311-\d+$"))
NOT_CARRIERS = {"help", "info"}  # the two words the carrier and the dialogue share


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("yes", "yes"),
        ("Yesss!", "yes"),
        ("sí", "yes"),
        ("👍🏽", "yes"),
        ("wi", "yes"),
        ("да", "yes"),
        ("هاں", None),
        ("ہاں", "yes"),
        ("looks good", "yes"),
        ("si, esta bien", "yes"),
        ("no", "no"),
        ("nope", "no"),
        ("nooo", "no"),
        ("❌", "no"),
        ("нет", "no"),
        ("না", "no"),
        ("아니요", "no"),
        ("no, 125 not 123", "no"),
        ("no that is the wrong place", "no"),
        ("no heat", None),
        ("no hot water", None),
        ("no parking sign", None),
        ("No. 5 Main St", None),
        ("no hay agua", None),
        ("si no arreglan el bache voy a llamar", None),
        ("yes and no", None),
        ("ya paso, gracias", None),
        ("ya, gracias", "yes"),
        ("the light is out", None),
        ("", None),
    ],
)
def test_yes_and_no(text: str, answer: str | None) -> None:
    """Answers are answers; a thing that is missing is not a no."""
    assert read_yes_no(text) == answer


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2", 2),
        ("#2", 2),
        ("2.", 2),
        ("(2)", 2),
        ("2️⃣", 2),
        ("３", 3),
        ("the second one", 2),
        ("number two", 2),
        ("option 2", 2),
        ("opción dos", 2),
        ("la segunda", 2),
        ("first", 1),
        ("2nd", 2),
        ("the third option please", 3),
        ("第二个", 2),
        ("второй", 2),
        ("11201", 11201),
        ("treinta y tres", 33),
        ("two hundred thousand", 200000),
        ("one hundred and five", 105),
        ("1,200", 1200),
        ("十二", 12),
        ("одиннадцать", 11),
        ("열둘", 12),
        ("dix-sept", 17),
        (".77", None),
        ("the last one", None),
        ("123 Broadway", None),
        ("5th ave", None),
        ("72 18", None),
        ("36-23", None),
        ("one two three", None),
        ("$5", None),
        ("917-555-1234", None),
        ("1" * 1600, None),
        ("3 people", None),
        ("", None),
    ],
)
def test_numbers(text: str, number: int | None) -> None:
    """A number or choice is read when it is all there is; an address is none."""
    assert read_number(text) == number


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("help", "help"),
        ("?", "help"),
        ("ayuda", "help"),
        ("can i go back please", "back"),
        ("volver", "back"),
        ("MENU", "menu"),
        ("I want to start over", "restart"),
        ("empezar de nuevo", "restart"),
        ("skip this", "skip"),
        ("omitir", "skip"),
        ("repeat", "repeat"),
        ("can I talk to someone", "person"),
        ("quiero hablar con una persona", "person"),
        ("status", "status"),
        ("estado", "status"),
        ("new report", "new"),
        ("continuar", "continue"),
        ("español", "language:es"),
        ("English please", "language:en"),
        ("do you speak spanish?", "language:es"),
        ("中文", "language:zh"),
        ("Kreyòl", "language:ht"),
        ("never mind", "let_go"),
        ("I changed my mind, don't send it", "let_go"),
        ("ya no, olvídelo", "let_go"),
        ("leave it on the sidewalk", None),
        ("help me with my trash", None),
        ("back of the house", None),
        ("person blocking the road", None),
        ("stop", None),
        ("cancel", None),
        ("", None),
    ],
)
def test_commands(text: str, command: str | None) -> None:
    """Words that work anywhere do so alone, with politeness, and in both languages."""
    assert read_command(text) == command


def test_no_dialogue_word_belongs_to_a_carrier() -> None:
    """STOP, CANCEL, END, QUIT, START and their kin are never offered as commands."""
    for name, table in read_words("commands").items():
        if name == "around":
            continue
        phrases = {phrase for phrases in table.values() for phrase in phrases}
        assert not {p for p in phrases if is_carrier_word(p)} - NOT_CARRIERS, name


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("change address", "where"),
        ("wrong address", "where"),
        ("that is not the right place", "where"),
        ("cambiar la dirección", "where"),
        ("no, 125 not 123", "where"),
        ("it's not in Brooklyn", "where"),
        ("change what", "what"),
        ("its not a pothole", "what"),
        ("no es un bache", "what"),
        ("change my name", "name"),
        ("change the photo", "photo"),
        ("add details", "details"),
        ("fix the street light", None),
        ("the street is not plowed", None),
        ("huge pothole at 123 broadway", None),
    ],
)
def test_corrections(text: str, part: str | None) -> None:
    """A correction says which part it means; a report is none."""
    assert read_change(text) == part


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("NYC311-2026-1123-0042", "NYC311-2026-1123-0042"),
        ("nyc311 2026 1123 0042", "NYC311-2026-1123-0042"),
        ("status of nyc311202611230042?", "NYC311-2026-1123-0042"),
        ("NYC311—2026–1123-0042.", "NYC311-2026-1123-0042"),
        ("#311-12345678", "311-12345678"),
        ("311 12345678", "311-12345678"),
        ("call 311 2 times", None),
        ("call 311", None),
        ("3111234567", None),
    ],
)
def test_tracking_numbers(text: str, number: str | None) -> None:
    """A tracking number is found however its hyphens were typed."""
    assert NYC.read(text) == number


def test_a_pattern_without_a_bound_is_refused() -> None:
    """A word list that could make reading slow does not load."""
    with pytest.raises(ValueError, match="bound"):
        compile_patterns([r"a(?: \w{1,9})* b"], {})
