"""Fetching the attachments of a message: safe to repeat, and what fails is told once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from bot.clock import Clock
from bot.deeds.ended import Also, Ended
from bot.photos import PhotoRefusedError, Photos
from bot.storage import inbox, photos
from bot.storage.attempts import Claim
from bot.storage.crypto import Vault
from bot.storage.engine import Connection, Storage
from bot.storage.metadata import to_ms
from conversations.vocabulary.requests import SendOutcome
from integrations.kit.errors import AdapterError


class MediaPort(Protocol):
    """Fetches an attachment from where its provider keeps it."""

    async def fetch(self, url: str) -> bytes:
        """Return the content. Raises `AdapterError`."""
        ...


class PhotoFetch:
    """Fetches photos.

    Args:
        storage, vault, clock, keeper: the shell's parts.
        media: provider to who fetches its attachments.
    """

    def __init__(
        self,
        storage: Storage,
        vault: Vault,
        clock: Clock,
        keeper: Photos,
        media: Mapping[str, MediaPort],
    ) -> None:
        self._storage = storage
        self._vault = vault
        self._clock = clock
        self._photos = keeper
        self._media = media

    async def fetch(self, claim: Claim) -> Ended:
        """Fetch every attachment of a message; what fails is told once."""
        ids = list(claim.job["photos"])
        rows = await self._storage.read(lambda c: photos.read(c, self._vault, ids))
        notes: list[tuple[str, str, str, int | None]] = []
        retry = False
        for row in rows:
            if row.state != "waiting" or row.source is None:
                continue
            try:
                content = await self._media[claim.provider].fetch(row.source)
                kept = await self._photos.keep(row.id, content)
            except PhotoRefusedError:
                notes.append((row.id, "refused", row.content_type, None))
            except AdapterError as error:
                if error.outcome is SendOutcome.REFUSED or claim.attempts >= 3:
                    notes.append((row.id, "failed", row.content_type, None))
                else:
                    retry = True
            else:
                notes.append((row.id, "kept", kept.content_type, kept.size))
        also = self._photo_changes(claim, notes)
        if retry:
            return Ended(SendOutcome.NOT_SENT, "media_unavailable", retry_after=5, also=also)
        return Ended(SendOutcome.ACCEPTED, also=also)

    def _photo_changes(self, claim: Claim, notes: list[tuple[str, str, str, int | None]]) -> Also:
        """Return the changes that belong to fetched photos: rows, and what to tell."""
        now = to_ms(self._clock.now())
        failed = [note for note in notes if note[1] == "failed"]
        refused = [note for note in notes if note[1] == "refused"]
        tells: list[tuple[str, dict[str, Any]]] = []
        if failed:
            tells.append(("media_failed", {"count": len(failed)}))
        if refused:
            tells.append(("media_refused", {"kind": refused[0][2].partition("/")[0]}))

        def change(connection: Connection) -> list[str]:
            for row, state, content_type, size in notes:
                photos.note(connection, row, state, content_type, size)
            events = [
                inbox.NewEvent(
                    conversation_id=claim.conversation_id,
                    kind="happened",
                    dedupe=f"{kind}:{claim.id}",
                    event={"kind": kind, "data": data},
                    trace_id=claim.trace_id,
                )
                for kind, data in tells
            ]
            if events:
                inbox.add(connection, self._vault, events, now)
            return [claim.conversation_id] if events else []

        return change
