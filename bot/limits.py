"""Counts what each user asks within a minute."""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import Literal

Verdict = Literal["served", "told", "ignored"]
"""told: over the limit for the first time this minute, to be answered with one notice; ignored: told already."""

_MINUTE = 60.0
_REMEMBERED = 10_000


class PerMinute:
    """A sliding window a user. `now` is any clock in seconds that never goes back."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._asked: OrderedDict[int, deque[float]] = OrderedDict()
        self._told: dict[int, float] = {}

    def admit(self, user: int, now: float) -> Verdict:
        """Count one request of `user` and say what it deserves; refused requests are not counted."""
        asked = self._asked.setdefault(user, deque())
        self._asked.move_to_end(user)
        if len(self._asked) > _REMEMBERED:
            forgotten, _ = self._asked.popitem(last=False)
            self._told.pop(forgotten, None)
        while asked and now - asked[0] >= _MINUTE:
            asked.popleft()
        if len(asked) < self._rate:
            asked.append(now)
            return "served"
        if now - self._told.get(user, -_MINUTE) < _MINUTE:
            return "ignored"
        self._told[user] = now
        return "told"
