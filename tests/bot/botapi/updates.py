"""The queue of updates: handed out by long polling or posted to a webhook, each first read by python-telegram-bot."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import time
from itertools import count
from typing import Any
from urllib.parse import urlsplit

import httpx
from telegram import TelegramObject, Update

from .changes import Changes
from .errors import OTHER_POLLER, WEBHOOK_ACTIVE, ApiError, bad_request
from .parameters import Parameters

# Sent only to bots that ask for them by name.
_ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_FIRST_RETRY = 0.1
_LONGEST_RETRY = 2.0


class Updates:
    """
    What waits for the bot.

    pending   updates the bot has not confirmed, oldest first
    allowed   kinds the bot asked for, empty for the usual ones
    webhook   parameters of setWebhook, None while the bot polls
    posted    status codes the webhook answered with, in order; 0 when it could not be reached
    """

    def __init__(self, changes: Changes) -> None:
        self.pending: list[dict[str, Any]] = []
        self.allowed: frozenset[str] = frozenset()
        self.webhook: Parameters | None = None
        self.posted: list[int] = []
        self._changes = changes
        self._ids = count(100_000)
        self._poller = 0
        self._delivery: asyncio.Task[None] | None = None
        self._last_error: dict[str, Any] = {}

    def push(self, kind: str, payload: dict[str, Any]) -> dict[str, Any] | None:
        """
        Queue an update.

        Returns it, or None when the bot has not asked for its kind. Raises AssertionError when python-telegram-bot
        would not read it, or would not know one of its fields.
        """
        update = {"update_id": next(self._ids), kind: payload}
        check_update(update)
        if kind not in self.allowed if self.allowed else kind in _ON_REQUEST:
            return None
        self.pending.append(update)
        self._changes.ring()
        return update

    async def poll(self, parameters: Parameters) -> list[dict[str, Any]]:
        """Answer getUpdates."""
        if self.webhook:
            raise ApiError(409, WEBHOOK_ACTIVE)
        self._allow(parameters)
        offset = parameters.integer("offset")
        limit = min(max(parameters.integer("limit", 100), 1), 100)
        if offset < 0:
            self.pending = self.pending[offset:]
        elif offset:
            self.pending = [update for update in self.pending if update["update_id"] >= offset]
        self._poller += 1
        mine = self._poller
        self._changes.ring()  # as at Telegram, a newer poll ends the older one
        timeout = min(parameters.integer("timeout"), 50)
        await self._changes.wait_for(lambda: self.pending or self._poller != mine or self.webhook, timeout)
        if self._poller != mine:
            raise ApiError(409, OTHER_POLLER)
        if self.webhook:
            raise ApiError(409, WEBHOOK_ACTIVE)
        return self.pending[:limit]

    def set_webhook(self, parameters: Parameters) -> bool:
        """Answer setWebhook: from now on updates are posted."""
        url = parameters.text("url")
        if not url:
            return self.delete_webhook(parameters)
        parts = urlsplit(url)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        if "secret_token" in parameters and not _SECRET.fullmatch(parameters.text("secret_token")):
            raise bad_request("secret token contains unallowed characters")
        self._allow(parameters)
        self.delete_webhook(parameters)
        self.webhook = parameters
        self._delivery = asyncio.create_task(self._deliver(url, parameters.text("secret_token")))
        self._changes.ring()
        return True

    def delete_webhook(self, parameters: Parameters | None = None) -> bool:
        """Answer deleteWebhook: updates wait for getUpdates again."""
        if parameters and parameters.flag("drop_pending_updates"):
            self.pending.clear()
        self.webhook = None
        self._last_error = {}
        if self._delivery:
            self._delivery.cancel()
            self._delivery = None
        return True

    def webhook_info(self) -> dict[str, Any]:
        """Answer getWebhookInfo."""
        info: dict[str, Any] = {
            "url": self.webhook.text("url") if self.webhook else "",
            "has_custom_certificate": False,
            "pending_update_count": len(self.pending),
        }
        if self.webhook:
            info["max_connections"] = self.webhook.integer("max_connections", 40)
        if self.allowed:
            info["allowed_updates"] = sorted(self.allowed)
        return info | self._last_error

    async def close(self) -> None:
        """Stop posting to the webhook."""
        delivery = self._delivery
        self.delete_webhook()
        if delivery:
            with contextlib.suppress(asyncio.CancelledError):
                await delivery

    def _allow(self, parameters: Parameters) -> None:
        kinds = parameters.json_array("allowed_updates")
        if kinds is not None:
            self.allowed = frozenset(kinds)

    async def _deliver(self, url: str, secret: str) -> None:
        """Post one update after the other; one that is refused is tried again until it is taken."""
        wait = _FIRST_RETRY
        async with httpx.AsyncClient(verify=False, trust_env=False) as client:
            while True:
                await self._changes.wait_for(lambda: self.pending, 3600)
                if not self.pending:
                    continue
                update = self.pending[0]
                status = await post_update(client, url, update, secret)
                self.posted.append(status)
                if 200 <= status < 300:
                    self.pending = [other for other in self.pending if other is not update]
                    wait = _FIRST_RETRY
                else:
                    message = f"Wrong response from the webhook: {status}" if status else "Connection refused"
                    self._last_error = {"last_error_date": int(time.time()), "last_error_message": message}
                self._changes.ring()
                if not 200 <= status < 300:
                    await asyncio.sleep(wait)
                    wait = min(2 * wait, _LONGEST_RETRY)


async def post_update(client: httpx.AsyncClient, url: str, update: dict[str, Any], secret: str) -> int:
    """Return the status with which a webhook took an update, 0 when nothing listens there."""
    headers = {"X-Telegram-Bot-Api-Secret-Token": secret} if secret else {}
    try:
        response = await client.post(url, json=update, headers=headers, timeout=10)
    except httpx.HTTPError:
        return 0
    return response.status_code


def check_update(update: dict[str, Any]) -> None:
    """Fail when python-telegram-bot cannot read the update, or finds a field in it that the Bot API does not have."""
    parsed = Update.de_json(json.loads(json.dumps(update)), None)
    assert parsed is not None
    kinds = [key for key in update if key != "update_id"]
    assert [key for key in kinds if getattr(parsed, key, None) is None] == [], f"not an update: {kinds}"
    assert_known(parsed)


def assert_known(parsed: TelegramObject, path: str = "") -> None:
    """Fail when any part of a parsed object holds fields the Bot API does not have."""
    path = path or type(parsed).__name__
    assert not parsed.api_kwargs, f"{path} has unknown fields {dict(parsed.api_kwargs)}"
    for name in parsed._get_attrs_names(include_private=False):
        value = getattr(parsed, name, None)
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, TelegramObject):
                assert_known(part, f"{path}.{name}")
