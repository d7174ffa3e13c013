"""The few pieces of Block Kit that cards are made of.

Anything that a person outside wrote goes through `plain`: tamed (no direction tricks, nothing
unseen), escaped, in a `plain_text` element, which knows no markup, mention, link or command.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.channels.slack import limits
from bot.channels.slack.limits import cut
from conversations.wording.cleaning import clean

Block = dict[str, Any]


def escape(text: str) -> str:
    """Return text in which nothing is Slack's markup token."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def tame(text: str) -> str:
    """Return a person's words without what is unseen, with at most one blank line in a row."""
    lines = [line.strip() for line in clean(text).split("\n")]
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept).strip()


def plain(text: str, most: int) -> Block:
    """Return words as a text object that holds no markup. Empty words read as a dash."""
    return {"type": "plain_text", "text": cut(escape(tame(text)) or "-", most), "emoji": False}


def header(text: str) -> Block:
    """Return a head line."""
    return {"type": "header", "text": plain(text, limits.HEADER)}


def section(text: str, block_id: str = "") -> Block:
    """Return a paragraph."""
    made: Block = {"type": "section", "text": plain(text, limits.SECTION)}
    return {**made, "block_id": block_id} if block_id else made


def own_markup(text: str) -> Block:
    """Return a paragraph of our own words with marks; nobody else's words may be in it."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": cut(text, limits.SECTION)}}


def fields(pairs: Sequence[tuple[str, str]]) -> list[Block]:
    """Return names and values in two columns; empty values are left out."""
    texts = [plain(f"{name}: {value}", limits.FIELD) for name, value in pairs if value]
    return [{"type": "section", "fields": texts[at : at + 10]} for at in range(0, len(texts), 10)]


def context(*texts: str) -> list[Block]:
    """Return a small line of remarks; empty ones are left out."""
    elements = [plain(text, limits.CONTEXT) for text in texts if text][:10]
    return [{"type": "context", "elements": elements}] if elements else []


def button(text: str, action_id: str, value: str, *, style: str = "", confirm: str = "") -> Block:
    """Return a button; `confirm` is what is asked before the press counts."""
    made: Block = {
        "type": "button",
        "text": plain(text, limits.BUTTON),
        "action_id": action_id,
        "value": value,
    }
    if style:
        made["style"] = style
    if confirm:
        made["confirm"] = {
            "title": plain("Sure?", 100),
            "text": plain(confirm, 300),
            "confirm": plain(text, 30),
            "deny": plain("Not now", 30),
        }
    return made


def menu(placeholder: str, action_id: str, options: Sequence[tuple[str, str]]) -> Block:
    """Return a menu of (text, value)."""
    return {
        "type": "static_select",
        "placeholder": plain(placeholder, 150),
        "action_id": action_id,
        "options": [option(text, value) for text, value in options[: limits.OPTIONS]],
    }


def option(text: str, value: str) -> Block:
    """Return one thing that can be chosen."""
    return {"text": plain(text, limits.OPTION), "value": value}


def actions(*elements: Block) -> list[Block]:
    """Return a row of buttons and menus; nothing when there are none."""
    return [{"type": "actions", "elements": list(elements)[:25]}] if elements else []


def link(text: str, url: str) -> Block:
    """Return a button that leads to an address of ours or one made by us."""
    made = {"type": "button", "text": plain(text, limits.BUTTON), "url": url}
    return {**made, "action_id": "link:" + text.lower()}


def text_input(
    name: str,
    label: str,
    *,
    most: int,
    lines: bool = True,
    hint: str = "",
    given: str = "",
    optional: bool = False,
) -> Block:
    """Return a field to type into."""
    element: Block = {
        "type": "plain_text_input",
        "action_id": name,
        "multiline": lines,
        "max_length": most,
        "min_length": 0 if optional else 1,
    }
    if given:
        element["initial_value"] = cut(given, most)
    made: Block = {
        "type": "input",
        "block_id": name,
        "label": plain(label, 2000),
        "element": element,
        "optional": optional,
    }
    return {**made, "hint": plain(hint, 2000)} if hint else made


def choice_input(
    name: str,
    label: str,
    options: Sequence[tuple[str, str]],
    *,
    given: str = "",
    optional: bool = False,
) -> Block:
    """Return a menu in a modal; `given` is the value chosen at first."""
    element = menu("Choose", name, options)
    chosen = next((o for o in element["options"] if o["value"] == given), None)
    if chosen is not None:
        element["initial_option"] = chosen
    return {
        "type": "input",
        "block_id": name,
        "label": plain(label, 2000),
        "element": element,
        "optional": optional,
    }
