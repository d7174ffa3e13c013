"""Telling one call of the sandbox's log in plain words, for the list beside the phone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

PROVIDERS: Mapping[str, str] = {
    "twilio": "Twilio",
    "sendgrid": "SendGrid",
    "smtp": "SMTP",
    "nyc311": "NYC 311",
    "geoclient": "Geoclient",
    "geosearch": "GeoSearch",
    "mapbox": "Mapbox",
}
"""How people name the providers. A new one is shown under its folder's name."""

TELLING = (
    "Body",
    "complaint_type",
    "complaintType",
    "descriptor",
    "address",
    "houseNumber",
    "street",
    "crossStreetOne",
    "crossStreetTwo",
    "place",
    "borough",
    "input",
    "q",
    "text",
    "search",
    "ids",
)
"""Fields that say most about a call, in the order they are told."""

GIST_CHARS = 110


def provider_name(provider: str) -> str:
    """Return how people name a provider."""
    return PROVIDERS.get(provider, provider)


def describe(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the page shows of one log entry (`integrations/kit/sandbox/journal.py`)."""
    status, fault = entry.get("status"), entry.get("fault")
    return {
        "n": entry["id"],
        "at": entry["at"],
        "provider": entry["provider"],
        "name": provider_name(entry["provider"]),
        "operation": str(entry["operation"]).replace("_", " "),
        "method": entry["method"],
        "path": entry["path"],
        "outcome": outcome(status, fault),
        "good": fault is None and (status is None or status < 400),
        "open": status is None and fault is None,
        "gist": gist(entry),
        "request": pretty({**entry.get("query", {}), **_as_fields(entry.get("request"))}),
        "answer": pretty(entry.get("answer")),
    }


def outcome(status: int | None, fault: str | None) -> str:
    """Return the few words at the end of a line: the status, or what went wrong."""
    if fault is None:
        return str(status) if status is not None else "…"
    words = fault.replace("commit_then_", "done, then ").replace("_", " ")
    return words.replace("status", str(status)) if status is not None else words


def gist(entry: Mapping[str, Any]) -> str:
    """Return the most telling fields of a call in one short line."""
    fields = {**entry.get("query", {}), **_as_fields(entry.get("request"))}
    told = [str(fields[name]) for name in TELLING if fields.get(name) not in (None, "", [])]
    line = " · ".join(" ".join(text.split()) for text in told)
    return line if len(line) <= GIST_CHARS else line[: GIST_CHARS - 1] + "…"


def pretty(value: Any) -> str:
    """Return a body as people read it: `name: value` lines, JSON inside, nothing for nothing."""
    if value in (None, "", {}):
        return ""
    if isinstance(value, Mapping):
        return "\n".join(f"{name}: {_short(inner)}" for name, inner in value.items())
    return _short(value)


def _short(value: Any) -> str:
    """Return one value, JSON with line breaks when it has an inside."""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, indent=1 if len(str(value)) > 80 else None)


def _as_fields(request: Any) -> dict[str, Any]:
    """Return a request body as fields; a body that has none becomes one."""
    if isinstance(request, Mapping):
        return dict(request)
    return {} if request is None else {"body": request}
