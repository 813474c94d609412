"""Sets the command menus: readers', groups', and each admin's own."""

from __future__ import annotations

from collections.abc import Iterable

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeChat,
    BotCommandScopeDefault,
)
from telegram.error import TelegramError

from bot import messages
from bot.logs import log

_IN_GROUPS = ("ask", "latest", "browse", "watch", "unwatch", "help")


async def set_menus(bot: Bot, admins: Iterable[int]) -> None:
    """Show every user the commands that are theirs. A menu that cannot be set is no reason not to start."""
    await _set(bot, messages.COMMANDS, BotCommandScopeDefault())
    await _set(bot, {name: messages.COMMANDS[name] for name in _IN_GROUPS}, BotCommandScopeAllGroupChats())
    for admin in admins:
        await set_admin_menu(bot, admin)


async def set_admin_menu(bot: Bot, admin: int) -> None:
    """Show an admin both menus; Telegram allows it once they have opened a chat with the bot."""
    await _set(bot, messages.COMMANDS | messages.ADMIN_COMMANDS, BotCommandScopeChat(admin))


async def _set(bot: Bot, commands: dict[str, str], scope: BotCommandScope) -> None:
    try:
        await bot.set_my_commands([BotCommand(name, what) for name, what in commands.items()], scope)
    except TelegramError as error:
        log.warning("menu not set", scope=scope.type, reason=str(error))
