"""Reads the settings from the environment and .env; no other module looks at either."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    SecretStr,
    ValidationError,
    ValidationInfo,
)
from pydantic_core import ErrorDetails, PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot import messages
from index.engines.opensearch.place import hosts_of
from index.errors import ArchiveError, EngineRefused
from index.tokens import Choice

PREFIX = "WENBAO_"
_WEBHOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_INDEX_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,99}")


class BadSettings(ArchiveError):
    """One or more settings cannot be used; `str(error)` has a line for each, which names its variable."""


def _problem(text: str) -> PydanticCustomError:
    return PydanticCustomError("wenbao", "{problem}", {"problem": text})


def _numbers(written: object) -> object:
    """Return "7,42" as a set; anything but text goes on to pydantic as it is."""
    if isinstance(written, int):
        return {written}
    if not isinstance(written, str):
        return written
    parts = [part.strip() for part in written.replace("，", ",").split(",")]
    try:
        return frozenset(int(part) for part in parts if part)
    except ValueError:
        raise _problem(messages.WANTS_NUMBERS) from None


def _lower(written: object) -> object:
    return written.lower() if isinstance(written, str) else written


def _zone(written: object) -> object:
    if not isinstance(written, str):
        return written
    try:
        return ZoneInfo(written)
    except (KeyError, OSError, ValueError):
        raise _problem(messages.WANTS_ZONE) from None


def _address(wanted: str, *, scheme: str = "https?") -> Callable[[str], str]:
    def check(written: str) -> str:
        if not written:
            return written
        try:
            parts = urlsplit(written)
            usable = re.fullmatch(scheme, parts.scheme) and parts.hostname and parts.port != 0
        except ValueError:
            usable = False
        if not usable:
            raise _problem(wanted)
        return written.rstrip("/")

    return check


def _engine_address(written: str) -> str:
    try:
        return ",".join(hosts_of(written))
    except EngineRefused:
        raise _problem(messages.NO_PASSWORD_IN_URL if "@" in written else messages.WANTS_URL) from None


def _engine_index(written: str) -> str:
    if not _INDEX_NAME.fullmatch(written):
        raise _problem(messages.WANTS_INDEX_NAME)
    return written


def _api_address(written: str) -> str:
    address = _address(messages.WANTS_API_URL)(written)
    if urlsplit(address).path.endswith("/bot"):
        raise _problem(messages.WANTS_API_URL)
    return address


def _webhook_address(written: str, info: ValidationInfo) -> str:
    """Telegram itself calls https only; a local Bot API server calls http as well."""
    return _address(messages.WANTS_HTTPS, scheme="https?" if info.data.get("telegram_api_url") else "https")(written)


def _webhook_secret(secret: SecretStr | None) -> SecretStr | None:
    if secret is not None and not _WEBHOOK_SECRET.fullmatch(secret.get_secret_value()):
        raise _problem(messages.WANTS_WEBHOOK_SECRET)
    return secret


Numbers = Annotated[frozenset[int], NoDecode, BeforeValidator(_numbers)]
Port = Annotated[int, Field(ge=1, le=65535)]
Zone = Annotated[ZoneInfo, BeforeValidator(_zone), PlainSerializer(str)]


class Settings(BaseSettings):
    """Every setting, with its default; README's table explains each. Paths are relative to the working directory."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    telegram_token: SecretStr | None = None
    admin_ids: Numbers = frozenset()
    allowed_chats: Numbers = frozenset()
    corpus_dir: Path = Path("docs_corpus")
    index_dir: Path = Path(".wenbao/index")
    state_file: Path = Path(".wenbao/bot.db")
    engine_url: Annotated[str, AfterValidator(_engine_address)] = ""
    engine_index: Annotated[str, AfterValidator(_engine_index)] = "wenbao"
    engine_shards: Annotated[int, Field(ge=1, le=1024)] = 1
    engine_user: str = ""
    engine_password: SecretStr | None = None
    engine_api_key: SecretStr | None = None
    engine_ca_file: Path | None = None
    segmenter: Choice = "auto"
    lexicon_file: Path | None = None
    timezone: Zone = ZoneInfo("Asia/Shanghai")
    telegram_api_url: Annotated[str, AfterValidator(_api_address)] = ""
    webhook_url: Annotated[str, AfterValidator(_webhook_address)] = ""
    webhook_secret: Annotated[SecretStr | None, AfterValidator(_webhook_secret)] = None
    webhook_listen: str = "127.0.0.1"
    webhook_port: Port | None = None
    rate_per_minute: Annotated[int, Field(ge=1)] = 30
    log_format: Annotated[Literal["console", "json"], BeforeValidator(_lower)] = "console"
    log_level: Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(_lower)] = "info"
    health_port: Port | None = None


def load_settings() -> Settings:
    """
    Return the settings of this process.

    Raises BadSettings with all problems at once.
    """
    try:
        return Settings()
    except ValidationError as error:
        problems = [_line(detail) for detail in error.errors(include_url=False, include_input=False)]
    except (UnicodeDecodeError, OSError) as error:
        problems = [messages.unreadable_env_file(error)]
    raise BadSettings("\n".join(problems))


def token(settings: Settings) -> str:
    """Return the bot's token. Raises BadSettings when there is none: only what talks to Telegram needs it."""
    if settings.telegram_token is None:
        raise BadSettings(messages.setting_problem(f"{PREFIX}TELEGRAM_TOKEN", messages.WANTS_TOKEN))
    return settings.telegram_token.get_secret_value()


def revealed(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""


def secrets(settings: Settings) -> tuple[str, ...]:
    """Return what no log may show."""
    held = (settings.telegram_token, settings.webhook_secret, settings.engine_password, settings.engine_api_key)
    return tuple(filter(None, map(revealed, held)))


def _line(detail: ErrorDetails) -> str:
    field = str(detail["loc"][0]) if detail["loc"] else ""
    return messages.setting_problem(f"{PREFIX}{field.upper()}", _wanted(detail))


def _wanted(detail: ErrorDetails) -> str:
    context = detail.get("ctx", {})
    match detail["type"]:
        case "wenbao":
            return str(context["problem"])
        case "literal_error":
            return messages.wants_one_of(str(context["expected"]))
        case "greater_than_equal" | "less_than_equal" | "int_parsing" | "int_type" | "int_from_float":
            return messages.WANTS_PORT if str(detail["loc"][0]).endswith("_port") else messages.WANTS_POSITIVE
        case _:
            return detail["msg"]
