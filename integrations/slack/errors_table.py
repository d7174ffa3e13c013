"""Slack's error words: what each asks for. It answers 200 with `"ok": false` and one of these.

Source: the error tables of the Web API's method pages (docs.slack.dev) and slack_sdk 3.48.
"""

from __future__ import annotations

from integrations.kit.errors import (
    AdapterError,
    Refused,
    Rejected,
    ServerFailed,
    Unauthorised,
)

PROVIDER = "slack"


class ChannelGone(Refused):
    """There is no such channel, or the app is not in it: a person must invite it."""

    pages = True
    label = "channel_gone"


class MessageGone(Refused):
    """The message was deleted, or is none of ours: it can no longer be changed."""

    label = "message_gone"


class TooLate(Refused):
    """A trigger was older than three seconds or used twice, or the view was changed meanwhile."""

    label = "too_late"


class UserUnknown(Refused):
    """There is no such user (any more)."""

    label = "user_unknown"


_KINDS: dict[str, type[AdapterError]] = {
    "invalid_auth": Unauthorised,
    "not_authed": Unauthorised,
    "token_revoked": Unauthorised,
    "token_expired": Unauthorised,
    "account_inactive": Unauthorised,
    "missing_scope": Unauthorised,
    "no_permission": Unauthorised,
    "ekm_access_denied": Unauthorised,
    "team_access_not_granted": Unauthorised,
    "channel_not_found": ChannelGone,
    "not_in_channel": ChannelGone,
    "is_archived": ChannelGone,
    "restricted_action": ChannelGone,
    "message_not_found": MessageGone,
    "cant_update_message": MessageGone,
    "cant_delete_message": MessageGone,
    "edit_window_closed": MessageGone,
    "thread_not_found": MessageGone,
    "expired_trigger_id": TooLate,
    "exchanged_trigger_id": TooLate,
    "trigger_expired": TooLate,
    "invalid_trigger_id": TooLate,
    "hash_conflict": TooLate,
    "not_found": TooLate,
    "view_not_found": TooLate,
    "user_not_found": UserUnknown,
    "users_not_found": UserUnknown,
    "user_not_visible": UserUnknown,
    "user_not_in_channel": UserUnknown,
    "internal_error": ServerFailed,
    "fatal_error": ServerFailed,
    "service_unavailable": ServerFailed,
    "request_timeout": ServerFailed,
}


def error_of(operation: str, word: str, status: int) -> AdapterError:
    """Return our error for Slack's word. An unknown word is a refusal of our request."""
    return _KINDS.get(word, Rejected)(PROVIDER, operation, status=status, detail=word or None)
