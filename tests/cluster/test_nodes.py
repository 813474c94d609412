"""A server is started by a JDK that suits it, whichever of those there are."""

from __future__ import annotations

from pathlib import Path

import pytest

from . import nodes


@pytest.fixture(autouse=True)
def jdks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with JDKs 17 and 25; 17 is on the PATH."""
    for version in ("17.0.15", "25.0.1"):
        made(tmp_path / "jvm", version)
    monkeypatch.setattr(nodes, "_JDKS", tmp_path / "jvm")
    monkeypatch.setenv("PATH", f"{tmp_path / 'jvm' / '17.0.15' / 'bin'}:/usr/bin:/bin")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    return tmp_path


def made(folder: Path, version: str, *, compiler: bool = True) -> Path:
    home = folder / version
    (home / "bin").mkdir(parents=True)
    for name in ("java", "javac") if compiler else ("java",):
        program = home / "bin" / name
        program.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\" 2025' >&2\n")
        program.chmod(0o755)
    return home


def chosen(server: str) -> str:
    return Path(nodes.java(nodes.SERVERS[server])).parts[-3]


def test_the_one_on_the_path_is_taken_where_it_suits_and_another_where_it_does_not():
    assert (chosen("opensearch-2"), chosen("opensearch-3")) == ("17.0.15", "25.0.1")


def test_java_home_goes_before_the_path_where_it_suits(jdks, monkeypatch):
    monkeypatch.setenv("JAVA_HOME", str(made(jdks, "21.0.2")))
    assert (chosen("opensearch-2"), chosen("elasticsearch-7")) == ("21.0.2", "17.0.15")


def test_a_java_that_cannot_compile_is_passed_over(jdks, monkeypatch):
    monkeypatch.setenv("JAVA_HOME", str(made(jdks, "21.0.3", compiler=False)))
    assert chosen("opensearch-3") == "25.0.1"


def test_a_machine_without_one_that_suits_says_which_it_takes(jdks, monkeypatch):
    monkeypatch.setattr(nodes, "_JDKS", jdks / "none")
    with pytest.raises(nodes.Unavailable, match="21 to 25"):
        chosen("opensearch-3")
