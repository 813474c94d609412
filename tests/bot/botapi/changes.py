"""Lets coroutines wait until something about the server has changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Changes:
    """A bell: `ring` is synchronous, every waiter then looks again at what it waits for."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def ring(self) -> None:
        for future in self._waiting:
            if not future.done():
                future.set_result(None)
        self._waiting.clear()

    async def wait_for(self, condition: Callable[[], object], seconds: float) -> bool:
        """Return True as soon as `condition` holds, False when it still does not after `seconds`."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while not condition():
            left = deadline - loop.time()
            if left <= 0:
                return False
            future = loop.create_future()
            self._waiting.add(future)
            try:
                await asyncio.wait({future}, timeout=left)
            finally:
                self._waiting.discard(future)
        return True
