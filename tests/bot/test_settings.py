"""Settings come from the environment and .env, and all that is wrong with them is said at once."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.settings import BadSettings, Settings, load_settings, token


@pytest.fixture(autouse=True)
def workdir(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_without_any_setting_the_defaults_hold():
    settings = load_settings()
    assert settings.corpus_dir == Path("docs_corpus")
    assert settings.index_dir == Path(".wenbao/index")
    assert settings.state_file == Path(".wenbao/bot.db")
    assert settings.timezone == ZoneInfo("Asia/Shanghai")
    assert (settings.engine_url, settings.segmenter, settings.rate_per_minute) == ("", "auto", 30)
    assert (settings.telegram_token, settings.admin_ids, settings.allowed_chats) == (None, frozenset(), frozenset())


@pytest.mark.parametrize(
    ("written", "numbers"),
    [("7", {7}), ("7,42", {7, 42}), (" 7 , 42, ", {7, 42}), ("7，42", {7, 42}), ("-1001234", {-1001234}), ("", set())],
)
def test_numbers_are_separated_by_commas(monkeypatch, written, numbers):
    monkeypatch.setenv("WENBAO_ADMIN_IDS", written)
    monkeypatch.setenv("WENBAO_ALLOWED_CHATS", written)
    settings = load_settings()
    assert settings.admin_ids == numbers
    assert settings.allowed_chats == numbers


def test_the_env_file_of_the_working_directory_is_read_and_the_environment_wins(workdir, monkeypatch):
    (workdir / ".env").write_text("# 注释\nWENBAO_CORPUS_DIR=报纸\nWENBAO_RATE_PER_MINUTE=5\nOTHER=1\n", "utf-8")
    monkeypatch.setenv("WENBAO_RATE_PER_MINUTE", "9")
    settings = load_settings()
    assert settings.corpus_dir == Path("报纸")
    assert settings.rate_per_minute == 9


def test_an_empty_value_means_the_default(workdir):
    lines = [f"WENBAO_{name.upper()}=" for name in Settings.model_fields]
    (workdir / ".env").write_text("\n".join(lines), "utf-8")
    assert load_settings() == Settings.model_construct()


WRONG = {
    "WENBAO_ADMIN_IDS": "7;x",
    "WENBAO_ALLOWED_CHATS": "everyone",
    "WENBAO_ENGINE_URL": "localhost:9200",
    "WENBAO_SEGMENTER": "hanlp",
    "WENBAO_TIMEZONE": "Mars/Olympus",
    "WENBAO_TELEGRAM_API_URL": "http://127.0.0.1:8081/bot",
    "WENBAO_WEBHOOK_URL": "http://example.org/hook",
    "WENBAO_WEBHOOK_SECRET": "with spaces",
    "WENBAO_RATE_PER_MINUTE": "0",
    "WENBAO_LOG_FORMAT": "xml",
    "WENBAO_HEALTH_PORT": "99999",
}


def test_all_problems_are_reported_at_once_each_with_its_variable(monkeypatch):
    for name, value in WRONG.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(BadSettings) as raised:
        load_settings()
    lines = str(raised.value).splitlines()
    assert sorted(line.split("：")[0] for line in lines) == sorted(WRONG)
    assert not any(line.isascii() for line in lines)


@pytest.mark.parametrize("name", WRONG)
def test_each_problem_alone_is_one_line(monkeypatch, name):
    monkeypatch.setenv(name, WRONG[name])
    with pytest.raises(BadSettings, match=f"^{name}：[^\\n]+$"):
        load_settings()


@pytest.mark.parametrize("zone", ["../etc/passwd", "Asia", "Asia/Shanghai "])
def test_a_time_zone_that_is_none_is_a_problem(monkeypatch, zone):
    monkeypatch.setenv("WENBAO_TIMEZONE", zone)
    with pytest.raises(BadSettings, match="WENBAO_TIMEZONE"):
        load_settings()


@pytest.mark.parametrize("content", [b"WENBAO_CORPUS_DIR=\xb1\xa8\xd6\xbd\n", b"\xff\xfe\x00"])
def test_an_env_file_that_is_no_text_is_a_named_problem(workdir, content):
    (workdir / ".env").write_bytes(content)
    with pytest.raises(BadSettings, match=r"^\.env："):
        load_settings()


def test_secrets_are_shown_nowhere(monkeypatch):
    monkeypatch.setenv("WENBAO_TELEGRAM_TOKEN", "12:secret-token")
    monkeypatch.setenv("WENBAO_WEBHOOK_SECRET", "secret-hook")
    settings = load_settings()
    assert "secret-" not in f"{settings!r} {settings} {settings.model_dump_json()}"
    monkeypatch.setenv("WENBAO_WEBHOOK_SECRET", "secret hook")
    with pytest.raises(BadSettings) as raised:
        load_settings()
    assert "secret hook" not in str(raised.value)


def test_only_who_needs_the_token_complains_of_its_absence(monkeypatch):
    with pytest.raises(BadSettings, match="WENBAO_TELEGRAM_TOKEN"):
        token(load_settings())
    monkeypatch.setenv("WENBAO_TELEGRAM_TOKEN", "任何文字")
    assert token(load_settings()) == "任何文字"


def test_an_address_loses_its_closing_slash(monkeypatch):
    monkeypatch.setenv("WENBAO_TELEGRAM_API_URL", "http://127.0.0.1:8081/")
    assert load_settings().telegram_api_url == "http://127.0.0.1:8081"
