"""`wenbao chat`: the bot's own handlers in the terminal, no token and no network needed."""

from __future__ import annotations

import asyncio
import html
import logging
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

from prompt_toolkit import PromptSession
from prompt_toolkit.patch_stdout import patch_stdout
from rich.console import Console
from rich.text import Text

from bot import console, messages
from bot.app import build
from bot.desk import App, Desk
from bot.logs import set_up
from bot.opening import ensure_index, open_archive
from bot.settings import Settings
from bot.store import Store
from bot.terminal import ME, TOKEN, Terminal, read_update

Role = Literal["reader", "admin"]

_STYLES = {"b": "bold", "i": "dim", "a": "underline", "blockquote": "reverse"}
_READER, _ADMIN = 2, 3
_UNHURRIED = 1000


def chat(settings: Settings, role: Role = "reader", *, language: str = "zh-hans") -> None:
    """Talk to the bot until the end of the input. Raises ArchiveError."""
    set_up(settings.log_format, level=logging.ERROR)
    with console.progress(messages.BUILDING) as report:
        ensure_index(settings, report)
    user = _user(settings, role)
    changes: dict[str, Any] = {"rate_per_minute": _UNHURRIED, "allowed_chats": frozenset()}
    if role == "admin":
        changes["admin_ids"] = settings.admin_ids | {user}
    settings = settings.model_copy(update=changes)
    with Store(settings.state_file) as store:
        asyncio.run(_run(Desk(settings, store, open_archive(settings)), user, language))


class Screen:
    """Shows messages on standard output; their buttons get the numbers that press them."""

    def __init__(self) -> None:
        self._out = Console(highlight=False)
        self.message: dict[str, Any] = {}

    def show(self, message: dict[str, Any], edited: bool) -> None:
        html_sent = message.get("parse_mode") == "HTML"
        text = _styled(message["text"] if html_sent else html.escape(message["text"], quote=False))
        self._out.print(Text(messages.CHAT_EDITED, style="dim") if edited else "")
        self._out.print(text)
        buttons = self._buttons(message)
        if buttons:
            self.message = message
            labels = "  ".join(f"[{number}] {button['text']}" for number, button in enumerate(buttons, start=1))
            self._out.print(Text(labels, style="cyan"))

    def note(self, text: str) -> None:
        self._out.print(Text(text, style="dim"))

    def button(self, number: int) -> dict[str, Any] | None:
        """Return the button of this number under the last message that has any."""
        buttons = self._buttons(self.message)
        return buttons[number - 1] if 0 < number <= len(buttons) else None

    @staticmethod
    def _buttons(message: dict[str, Any]) -> list[dict[str, Any]]:
        return [button for row in message.get("reply_markup", {}).get("inline_keyboard", []) for button in row]


class _Styled(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = Text()
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        link = dict(attrs).get("href")
        self._open.append(f"link {link}" if link else _STYLES.get(tag, ""))

    def handle_endtag(self, tag: str) -> None:
        self._open.pop()

    def handle_data(self, data: str) -> None:
        self.text.append(data, style=" ".join(filter(None, self._open)))


def _styled(markup: str) -> Text:
    parser = _Styled()
    parser.feed(markup)
    parser.close()
    return parser.text


async def _run(desk: Desk, user: int, language: str) -> None:
    screen = Screen()
    terminal = Terminal(user, language, screen.show)
    app = build(desk, TOKEN, request=terminal)
    async with app:
        await app.start()
        screen.note(messages.CHAT_HINT)
        await desk.reindexing.look_back()
        try:
            async for line in _lines():
                await _take(line, app, terminal, screen)
        finally:
            desk.reindexing.cancel()
            await app.stop()
            await asyncio.gather(*desk.tasks, return_exceptions=True)


async def _take(line: str, app: App, terminal: Terminal, screen: Screen) -> None:
    """Send one line: a number presses a button, /upload sends a file, anything else is said."""
    line = line.strip()
    update = None
    if line.isdecimal():
        update = _pressed(int(line), terminal, screen)
    elif line.startswith("/upload "):
        update = _uploaded(line.removeprefix("/upload ").strip(), terminal, screen)
    elif line:
        update = terminal.say(line)
    if update is not None:
        await app.process_update(read_update(update, app.bot))
        if terminal.answered:
            screen.note(terminal.answered)
            terminal.answered = ""


def _uploaded(name: str, terminal: Terminal, screen: Screen) -> dict[str, Any] | None:
    path = Path(name).expanduser()
    if path.is_file():
        return terminal.upload(path)
    screen.note(messages.CHAT_NO_FILE.format(path=path))
    return None


def _pressed(number: int, terminal: Terminal, screen: Screen) -> dict[str, Any] | None:
    button = screen.button(number)
    if button is None:
        screen.note(messages.CHAT_NO_BUTTON)
        return None
    if "callback_data" in button:
        return terminal.press(screen.message, button["callback_data"])
    if "copy_text" in button:
        screen.note(button["copy_text"]["text"])
        return None
    address = urlsplit(button.get("url", ""))
    if address.netloc == "t.me" and address.path == f"/{ME['username']}":
        return terminal.say(f"/start {parse_qs(address.query).get('start', [''])[0]}")
    screen.note(button.get("url", ""))
    return None


async def _lines() -> Any:
    """Yield what is typed, with a prompt and history on a terminal; the lines of standard input elsewhere."""
    if not sys.stdin.isatty():
        while line := await asyncio.to_thread(sys.stdin.readline):
            yield line
        return
    session: PromptSession[str] = PromptSession(messages.PROMPT)
    while True:
        with patch_stdout(raw=True):
            try:
                yield await session.prompt_async()
            except (EOFError, KeyboardInterrupt):
                return


def _user(settings: Settings, role: Role) -> int:
    if role == "admin":
        return min(settings.admin_ids, default=_ADMIN)
    return next(number for number in range(_READER, _READER + 10) if number not in settings.admin_ids)
