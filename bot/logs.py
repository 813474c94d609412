"""Sets up logging: structlog for all, on the console or as JSON, without a token and without what people ask."""

from __future__ import annotations

import logging
import re
import sys
from typing import Literal

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

log = structlog.stdlib.get_logger("wenbao")

_TOKEN = re.compile(r"(?<=bot)\d+:[\w-]+|(?<!\d)\d{5,20}:[\w-]{20,}")
_CHATTY = ("httpx", "httpcore", "apscheduler", "telegram", "tornado.access", "jieba")


def set_up(form: Literal["console", "json"], *, secrets: tuple[str, ...] = (), level: int = logging.INFO) -> None:
    """Send every record of every library to stderr in one form; `secrets` never appear in it."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.format_exc_info,
        _Hide(secrets),
    ]
    last: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
            foreign_pre_chain=shared,
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


class _Hide:
    """Replaces secrets, and whatever looks like a bot token, wherever they turn up: messages, values, tracebacks."""

    def __init__(self, secrets: tuple[str, ...]) -> None:
        self._secrets = tuple(secret for secret in secrets if secret)

    def __call__(self, logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
        return {key: self._clean(value) if key != "_record" else value for key, value in event.items()}

    def _clean(self, value: object) -> object:
        if isinstance(value, (int, float, bool)) or value is None:
            return value
        text = str(value)
        for secret in self._secrets:
            text = text.replace(secret, "…")
        return _TOKEN.sub("…", text)
