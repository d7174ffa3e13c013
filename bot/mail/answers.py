"""What an answer by mail carries in its outbox row: its thread, and the words in its addresses.

The row is written with the turn, so the tokens it gives away work from that commit on; the mail
itself is put together when it is sent (`letters.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.storage import tokens
from bot.storage.crypto import Vault
from bot.storage.inbox import Waiting
from bot.storage.tokens import Token
from bot.storage.turns import Begun
from conversations.vocabulary.effects import Do, Say

CONFIRM = "mail.confirm"
"""Phrase above the link that proves a mail was its sender's; the link itself is the letter's."""


@dataclass(frozen=True, slots=True)
class MailEnd:
    """What a turn's mail needs: plain JSON for the job, tokens to keep, more to say."""

    job: dict[str, Any] = field(default_factory=dict)
    tokens: list[Token] = field(default_factory=list)
    says: list[Say] = field(default_factory=list)


class MailAnswers:
    """Prepares the mails of turns.

    Args:
        vault: makes the words.
        base_url: our public address, without slash at its end.
    """

    def __init__(self, vault: Vault, base_url: str) -> None:
        self._vault = vault
        self._base = base_url

    def prepare(
        self,
        begun: Begun,
        held: Sequence[Waiting],
        does: Sequence[Do],
        language: str,
        notice: bool,
        now: int,
    ) -> MailEnd:
        """Return what the reply of this turn carries.

        Args:
            begun: the turn.
            held: events kept until their sender proves them.
            does: what the turn does.
            language: ISO 639-1 code of the reply.
            notice: nobody asked for it: what changed, a reminder.
            now: milliseconds.
        """
        end = MailEnd()
        request_id = _about(begun.waiting, does)
        for waiting in held:
            word = self._token(end, begun, "release", now, inbox_id=waiting.id)
            end.job["release_word"] = word
            end.says[:] = [Say(CONFIRM, {"link": f"{self._base}/m/{word}"})]
        answered = [w.event["mail"] for w in begun.waiting if w.event.get("mail")]
        latest = answered[-1] if answered else {}
        end.job.update(
            language=language,
            notice=notice,
            request_id=request_id,
            reply_word=self._token(end, begun, "mail", now, request_id=request_id),
            stop_word=self._token(end, begun, "unsubscribe", now),
            subject=latest.get("subject", ""),
            in_reply_to=latest.get("message_id", ""),
            references=latest.get("references", []),
        )
        if request_id:
            end.job["page_word"] = self._token(end, begun, "page", now, request_id=request_id)
        return end

    def _token(
        self,
        end: MailEnd,
        begun: Begun,
        purpose: tokens.Purpose,
        now: int,
        *,
        request_id: str | None = None,
        inbox_id: str | None = None,
    ) -> str:
        token = tokens.make(
            self._vault,
            purpose,
            resident_id=begun.leased.resident_id,
            conversation_id=begun.leased.id,
            now=now,
            request_id=request_id,
            inbox_id=inbox_id,
        )
        end.tokens.append(token)
        return token.word


def _about(waiting: Sequence[Waiting], does: Sequence[Do]) -> str | None:
    """Return the request that a turn is about: the latest one that its events name.

    Without any it is the one that the turn does something with: who follows a report is told so in
    a mail of that report, and what they answer belongs to it.
    """
    named = [
        event.event.get("about") or (event.event.get("data") or {}).get("request_id")
        for event in waiting
    ]
    done = {do.args["request_id"] for do in does if do.args.get("request_id")}
    named += [] if any(named) or len(done) != 1 else done
    return next((str(name) for name in reversed(named) if name), None)
