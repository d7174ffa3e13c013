"""Modals and homes at the twin: `views.open`, `views.update`, `views.publish`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from integrations.kit.sandbox.world import World
from integrations.slack.twin.limits import find_view_faults
from integrations.slack.twin.store import TwinStore, TwinView

Refuse = Callable[..., dict[str, Any]]


class Views:
    """The methods, over one store."""

    def __init__(self, world: World, store: TwinStore, refuse: Refuse) -> None:
        self._world = world
        self._store = store
        self._refuse = refuse

    def open(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Open a modal for the holder of a trigger that is three seconds old at most."""
        trigger = self._store.triggers.get(str(fields.get("trigger_id")))
        if trigger is None:
            return self._refuse("invalid_trigger_id")
        if trigger.used:
            return self._refuse("exchanged_trigger_id")
        if trigger.until < self._store.seconds():
            return self._refuse("expired_trigger_id")
        if faults := find_view_faults(fields.get("view")):
            return self._bad(faults)
        trigger.used = True
        opened = self._store.open_view(trigger.user, dict(fields["view"]))
        return {"ok": True, "view": opened.to_wire(self._store.team)}

    def update(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Show something else in an open modal; a wrong hash means that somebody was faster."""
        view = self._store.views.get(str(fields.get("view_id")))
        if view is None or not view.is_open:
            return self._refuse("not_found")
        if fields.get("hash") and fields["hash"] != view.hash:
            return self._refuse("hash_conflict")
        if faults := find_view_faults(fields.get("view")):
            return self._bad(faults)
        view.view, view.hash = dict(fields["view"]), self._store.new_hash()
        self._store.version += 1
        return {"ok": True, "view": view.to_wire(self._store.team)}

    def publish(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Show a person's home."""
        user = str(fields.get("user_id"))
        if user not in self._store.people:
            return self._refuse("user_not_found")
        if faults := find_view_faults(fields.get("view")):
            return self._bad(faults)
        made = TwinView("V0HOME" + user[1:], user, dict(fields["view"]), self._store.new_hash())
        self._store.homes[user] = made
        self._store.version += 1
        return {"ok": True, "view": made.to_wire(self._store.team)}

    def _bad(self, faults: list[str]) -> dict[str, Any]:
        return self._refuse("invalid_arguments", messages=[f"[ERROR] {f}" for f in faults])
