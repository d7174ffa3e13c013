"""Block Kit's limits, checked as the real Slack checks them (messaging.md 5.5).

Numbers are those of slack_sdk 3.47 and 3.48; the total of about 13,200 characters of blocks is from
bolt-js issue 2509. What is over a limit is refused, never cut.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

MAX_MESSAGE_BLOCKS, MAX_VIEW_BLOCKS = 50, 100
MAX_TOTAL = 13_200
MAX_TEXT = 40_000

LENGTHS: Mapping[str, Mapping[str, int]] = {
    "section": {"text": 3000, "block_id": 255},
    "header": {"text": 150, "block_id": 255},
    "context": {"block_id": 255},
    "actions": {"block_id": 255},
    "divider": {"block_id": 255},
    "image": {"image_url": 3000, "alt_text": 2000, "title": 2000, "block_id": 255},
    "input": {"label": 2000, "hint": 2000, "block_id": 255},
    "rich_text": {"block_id": 255},
    "button": {"text": 75, "value": 2000, "url": 3000, "action_id": 255},
    "static_select": {"placeholder": 150, "action_id": 255},
    "overflow": {"action_id": 255},
    "radio_buttons": {"action_id": 255},
    "checkboxes": {"action_id": 255},
    "plain_text_input": {"placeholder": 150, "initial_value": 3000, "action_id": 255},
}
COUNTS: Mapping[str, Mapping[str, tuple[int, int]]] = {
    "section": {"fields": (1, 10)},
    "context": {"elements": (1, 10)},
    "actions": {"elements": (1, 25)},
    "static_select": {"options": (1, 100)},
    "overflow": {"options": (1, 5)},
    "radio_buttons": {"options": (1, 10)},
    "checkboxes": {"options": (1, 10)},
}
BLOCKS = frozenset(
    ("section", "header", "context", "actions", "divider", "image", "input", "rich_text")
)
PLAIN_ONLY = (("header", "text"), ("button", "text"), ("input", "label"))
_RICH = frozenset(("text", "link", "emoji", "user", "channel", "date", "usergroup", "broadcast"))
_RICH_BOXES = frozenset(
    ("rich_text_section", "rich_text_quote", "rich_text_preformatted", "rich_text_list")
)


def find_block_faults(blocks: Any, most: int = MAX_MESSAGE_BLOCKS) -> list[str]:
    """Return what is wrong with a list of blocks, as Slack's own messages point at it."""
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        return ["must be an array of blocks"]
    faults = [f"no more than {most} items allowed [json-pointer:/blocks]"] * (len(blocks) > most)
    names = [block["block_id"] for block in blocks if block.get("block_id")]
    if len(names) != len(set(names)):
        faults.append("block_id must be unique [json-pointer:/blocks]")
    for index, block in enumerate(blocks):
        where = f"/blocks/{index}"
        if block.get("type") not in BLOCKS:
            faults.append(f"unsupported type: {block.get('type')} [json-pointer:{where}/type]")
            continue
        faults += [f"{fault} [json-pointer:{where}]" for fault in _faults_of(block)]
    return faults


def find_view_faults(view: Any) -> list[str]:
    """Return what is wrong with a modal or a home."""
    if not isinstance(view, dict) or view.get("type") not in ("modal", "home"):
        return ["view must be a modal or a home [json-pointer:/view/type]"]
    faults = find_block_faults(view.get("blocks"), MAX_VIEW_BLOCKS)
    if view["type"] == "modal":
        for name in ("title", "submit", "close"):
            faults += _text_faults(name, view.get(name), 24, needed=name == "title")
        has_input = any(block.get("type") == "input" for block in view.get("blocks") or ())
        if has_input and "submit" not in view:
            faults.append("must define `submit` when an input block is there")
    if len(str(view.get("private_metadata") or "")) > 3000:
        faults.append("private_metadata is over 3000 characters")
    if len(str(view.get("callback_id") or "")) > 255:
        faults.append("callback_id is over 255 characters")
    return faults


def count_characters(blocks: Any) -> int:
    """Return how many characters of text blocks hold together."""
    if isinstance(blocks, dict):
        own = blocks.get("text")
        rest = sum(count_characters(value) for name, value in blocks.items() if name != "text")
        return rest + (len(own) if isinstance(own, str) else count_characters(own))
    if isinstance(blocks, list):
        return sum(count_characters(block) for block in blocks)
    return 0


def _faults_of(part: dict[str, Any]) -> Iterator[str]:
    """Yield what is wrong with one block or element and everything inside."""
    kind = str(part.get("type"))
    for name, most in LENGTHS.get(kind, {}).items():
        needed = (kind, name) in PLAIN_ONLY
        yield from _text_faults(name, part.get(name), most, needed=needed)
    for name, (least, most) in COUNTS.get(kind, {}).items():
        many = part.get(name)
        if many is not None and not (isinstance(many, list) and least <= len(many) <= most):
            yield f"{name} must have {least} to {most} items"
    if kind == "section" and not part.get("text") and not part.get("fields"):
        yield "a section needs text or fields"
    for field in part.get("fields") or ():
        yield from _text_faults("field", field, 2000, needed=True)
    if kind == "rich_text":
        yield from _rich_faults(part)
        return
    yield from _option_faults(kind, part)
    yield from _confirm_faults(part.get("confirm"))
    inner = [*(part.get("elements") or ()), part.get("accessory"), part.get("element")]
    ids = [e.get("action_id") for e in inner if isinstance(e, dict) and e.get("action_id")]
    if len(ids) != len(set(ids)):
        yield "action_id must be unique"
    for element in inner:
        if isinstance(element, dict):
            if element.get("type") in ("plain_text", "mrkdwn"):
                yield from _text_faults("element", element, 3000, needed=True)
            else:
                yield from _faults_of(element)


def _text_faults(name: str, value: Any, most: int, *, needed: bool = False) -> Iterator[str]:
    """Yield what is wrong with a string or a text object."""
    if value is None:
        if needed:
            yield f"missing required field: {name}"
        return
    text = value
    if isinstance(value, dict):
        if value.get("type") not in ("plain_text", "mrkdwn"):
            yield f"{name} is no text object"
        if needed and value.get("type") != "plain_text" and name in ("text", "label", "title"):
            yield f"{name} must be plain_text"
        text = value.get("text")
    if not isinstance(text, str):
        yield f"{name} must be a string"
    elif len(text) > most:
        yield f"must be less than {most + 1} characters: {name}"
    elif not text and isinstance(value, dict):
        yield f"must be more than 0 characters: {name}"


def _option_faults(kind: str, part: dict[str, Any]) -> Iterator[str]:
    options = part.get("options")
    if not isinstance(options, list):
        return
    values = [str(option.get("value")) for option in options]
    if len(values) != len(set(values)):
        yield "option values must be unique"
    for option in options:
        yield from _text_faults("option", option.get("text"), 75, needed=True)
        yield from _text_faults("option value", option.get("value"), 150, needed=True)
        yield from _text_faults("description", option.get("description"), 75)
    chosen = part.get("initial_option")
    if chosen is not None and chosen not in options:
        yield f"initial_option of {kind} must be one of its options"


def _confirm_faults(confirm: Any) -> Iterator[str]:
    if isinstance(confirm, dict):
        for name, most in (("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)):
            yield from _text_faults(name, confirm.get(name), most)


def _rich_faults(block: dict[str, Any]) -> Iterator[str]:
    for box in block.get("elements") or ():
        if box.get("type") not in _RICH_BOXES:
            yield f"unsupported type: {box.get('type')}"
            continue
        for element in box.get("elements") or ():
            if element.get("type") in _RICH_BOXES:
                yield from _rich_faults({"elements": [element]})
            elif element.get("type") not in _RICH:
                yield f"unsupported type: {element.get('type')}"
            elif element["type"] == "text" and not element.get("text"):
                yield "must be more than 0 characters: text"
