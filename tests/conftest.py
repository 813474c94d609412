"""What every test may rely on: no settings from outside, and the real pages where they are to be had."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("shared") is not None:
        _require_shared()


@pytest.fixture
def shared() -> Path:
    """The folder of real pages and question sets beside the checkout."""
    _require_shared()
    return SHARED


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("WENBAO_") and not name.startswith("WENBAO_TEST_"):
            monkeypatch.delenv(name)


def _require_shared() -> None:
    if SHARED.is_dir():
        return
    if os.environ.get("CI"):
        pytest.fail(f"{SHARED} is missing, and CI is set: this check must run", pytrace=False)
    pytest.skip(f"{SHARED} is not here")
