"""What every test may rely on: no settings from outside, and the real pages where they are to be had."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from index.engines.opensearch import client
from index.engines.opensearch.place import Cluster, hosts_of

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


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """An empty place on a real cluster, named by WENBAO_TEST_ENGINE_URL; what a test leaves there is removed."""
    url = os.environ.get("WENBAO_TEST_ENGINE_URL", "")
    if not url:
        pytest.skip("WENBAO_TEST_ENGINE_URL names no cluster")
    place = Cluster(hosts_of(url), f"wenbao-test-{secrets.token_hex(4)}", shards=2)
    yield place
    client.shared(place).close()
    for host in place.hosts:
        try:
            names = httpx.get(f"{host}/{place.index}*/_alias", trust_env=False, timeout=30).json()
            for name in names:
                httpx.delete(f"{host}/{name}", trust_env=False, timeout=30)
        except httpx.TransportError:
            continue
        return


def _require_shared() -> None:
    if SHARED.is_dir():
        return
    if os.environ.get("CI"):
        pytest.fail(f"{SHARED} is missing, and CI is set: this check must run", pytrace=False)
    pytest.skip(f"{SHARED} is not here")
