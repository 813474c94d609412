"""Chats of every kind, their topics and members."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from .records import Message

ChatKind = Literal["private", "group", "supergroup", "channel"]

# What an administrator of a group may do; the API wants every right spelt out.
_RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)


@dataclass(eq=False, slots=True)
class Chat:
    """
    One chat as the server knows it.

    members      status by user id: creator, administrator, member, left, kicked
    bot_status   the same for the bot; in a private chat "kicked" means that the user blocked it
    topics       forum topics by message_thread_id
    migrated_to  id of the supergroup this group became, or None
    writable     False while a bot may not write first: the user has not started it yet
    """

    id: int
    kind: ChatKind
    title: str
    username: str = ""
    forum: bool = False
    members: dict[int, str] = field(default_factory=dict)
    bot_status: str = "member"
    topics: dict[int, Topic] = field(default_factory=dict)
    migrated_to: int | None = None
    writable: bool = True

    def as_json(self) -> dict[str, Any]:
        chat: dict[str, Any] = {"id": self.id, "type": self.kind}
        chat["first_name" if self.kind == "private" else "title"] = self.title
        if self.username:
            chat["username"] = self.username
        if self.forum:
            chat["is_forum"] = True
        return chat

    def full_json(self) -> dict[str, Any]:
        """Return the ChatFullInfo."""
        gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
        return self.as_json() | {
            "accent_color_id": 0,
            "max_reaction_count": 11,
            "accepted_gift_types": dict.fromkeys(gifts, False),
        }


@dataclass(frozen=True, eq=False, slots=True)
class Topic:
    """A forum topic; `root` is the service message that opened it, which every message in it points to."""

    chat: Chat
    id: int
    title: str
    root: Message


class Person(Protocol):
    """Whoever has a private chat with the bot: `people.User`."""

    chat: Chat


Place = Person | Chat | Topic
"""Where one can write: a user's private chat, a group or channel, a forum topic."""


def locate(place: Place) -> tuple[Chat, Topic | None]:
    """Return the chat of a place, and the topic if it is one."""
    if isinstance(place, Topic):
        return place.chat, place
    return (place if isinstance(place, Chat) else place.chat), None


def member_json(status: str, user: dict[str, Any]) -> dict[str, Any]:
    """Return a ChatMember."""
    member: dict[str, Any] = {"status": status, "user": user}
    if status == "creator":
        member["is_anonymous"] = False
    elif status == "administrator":
        member |= {"can_be_edited": False, "is_anonymous": False} | dict.fromkeys(_RIGHTS, True)
    elif status == "kicked":
        member["until_date"] = 0
    return member
