"""Faults that a test orders: errors, dropped connections, slow answers, rate limits."""

from __future__ import annotations

import math
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Literal

from .errors import ApiError


class ConnectionDropped(Exception):
    """The connection is to be closed without an answer."""


@dataclass(slots=True)
class Fault:
    """
    What goes wrong with the next calls of one method.

    method   as in the Bot API, or "*" for any
    times    how often still
    chat_id  only for calls about this chat, None for any
    drop     "before": the call is not carried out; "after": it is, but its answer is lost
    seconds  how long the call waits before all else
    """

    method: str
    times: int = 1
    chat_id: int | None = None
    error: ApiError | None = None
    drop: Literal["", "before", "after"] = ""
    seconds: float = 0.0


@dataclass(slots=True)
class RateLimit:
    """At most `calls` calls of a method to one chat in any `seconds`; more are told to wait."""

    method: str
    calls: int
    seconds: float
    _taken: dict[str, deque[float]] = field(default_factory=dict)

    def check(self, method: str, chat_id: str) -> None:
        """Raise ApiError 429 when the chat has had its calls."""
        if method != self.method:
            return
        now = time.monotonic()
        taken = self._taken.setdefault(chat_id, deque())
        while taken and now - taken[0] >= self.seconds:
            taken.popleft()
        if len(taken) >= self.calls:
            retry_after = max(1, math.ceil(taken[0] + self.seconds - now))
            raise ApiError(429, planned=True, retry_after=retry_after)
        taken.append(now)


class Faults:
    """The faults still to come."""

    def __init__(self) -> None:
        self.planned: list[Fault] = []
        self.limits: list[RateLimit] = []

    def take(self, method: str, chat_id: str) -> Fault | None:
        """Return the fault that strikes this call, and count it."""
        for fault in self.planned:
            if fault.method in (method, "*") and fault.chat_id in (None, _number(chat_id)):
                fault.times -= 1
                if fault.times <= 0:
                    self.planned.remove(fault)
                return fault
        return None

    def check_limits(self, method: str, chat_id: str) -> None:
        """Raise ApiError 429 when a rate limit is exceeded."""
        for limit in self.limits:
            limit.check(method, chat_id)

    def clear(self) -> None:
        """Let everything work again."""
        self.planned.clear()
        self.limits.clear()


def _number(text: str) -> int | None:
    return int(text) if text.removeprefix("-").isdigit() else None
