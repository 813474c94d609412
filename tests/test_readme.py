"""README tells the truth about commands and settings."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import typer

from bot.cli import app
from bot.settings import PREFIX, Settings

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")

_ROW = re.compile(rf"^\| `({PREFIX}\w+)` \| (?:`([^`]*)`)? *\| (.+) \|$", re.MULTILINE)


def defaults() -> dict[str, str]:
    """Return each setting's variable with its default as one would write it."""
    written = {}
    for name, field in Settings.model_fields.items():
        value = field.default
        written[PREFIX + name.upper()] = "" if value in (None, frozenset()) else str(value)
    return written


def test_the_settings_table_names_every_setting_with_its_default():
    assert {name: default for name, default, _ in _ROW.findall(README)} == defaults()


def test_the_example_env_file_names_every_setting_with_its_default():
    lines = (ROOT / ".env.example").read_text("utf-8").splitlines()
    assert dict(line.split("=", 1) for line in lines if line and not line.startswith("#")) == defaults()


def test_the_example_env_file_can_be_used_as_it_is(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_bytes((ROOT / ".env.example").read_bytes())
    assert Settings() == Settings.model_construct()


def commands() -> dict[str, typer.core.TyperCommand]:
    return dict(typer.main.get_command(app).commands)


def test_the_commands_table_names_every_command():
    rows = re.findall(r"^\| `wenbao (\w+)", README, re.MULTILINE)
    assert set(rows) == set(commands())


@pytest.mark.parametrize("name", commands())
def test_every_option_of_a_command_is_documented(name):
    told = "\n".join(re.findall(rf"^\| `wenbao {name}\b.*$", README, re.MULTILINE))
    options = {flag for option in commands()[name].params for flag in option.opts if flag.startswith("-")}
    assert {flag for flag in options - {"--help"} if flag not in told} == set()


def test_every_exit_code_is_documented():
    from bot import cli

    codes = {0, cli.FAILED, cli.MISUSED, cli.SKIPPED, cli.UNANSWERED, cli.INTERRUPTED}
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", README, re.MULTILINE)} == codes


def test_every_dependency_is_explained():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    needed = project["dependencies"] + [name for extra in extras.values() for name in extra]
    told = README.split("## What it stands on")[1]
    assert [name for name in needed if f"`{re.split(r'[^A-Za-z0-9-]', name)[0]}`" not in told] == []


def test_every_reader_is_in_the_formats_table():
    from index.readers import READERS

    told = README.split("## What is read")[1].split("## ")[0]
    assert [suffix for suffix in READERS if f"`{suffix}`" not in told] == []


def test_the_constraints_are_names_and_versions_and_hold_every_dependency():
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pinned = [line for line in lines if line and not line.startswith("#")]
    assert [line for line in pinned if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+", line)] == []
    names = {re.sub(r"[-_.]+", "-", line.split("==")[0]).lower() for line in pinned}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    needed = project["dependencies"] + [name for extra in project["optional-dependencies"].values() for name in extra]
    assert {re.split(r"[^A-Za-z0-9-]", name)[0].lower() for name in needed} <= names
