"""The sample archive, indexed once, for tests of questions and answers."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from index.answer import Archive
from index.engines.opensearch.client import shared
from index.engines.opensearch.place import Cluster, hosts_of
from index.tokens import Segmenter

from . import newsprint

DOCS_CORPUS = Path(__file__).resolve().parents[2] / "docs_corpus"


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """An archive of docs_corpus, cut with jieba."""
    return newsprint.opened([DOCS_CORPUS], tmp_path_factory.mktemp("sample") / "index")


@pytest.fixture(scope="session")
def jieba() -> Segmenter:
    """jieba with two local names in its lexicon."""
    return Segmenter("jieba", ["船山时间谷", "时间谷"])


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """An empty place on a real cluster, named by WENBAO_TEST_ENGINE_URL; what a test leaves there is removed."""
    url = os.environ.get("WENBAO_TEST_ENGINE_URL", "")
    if not url:
        pytest.skip("WENBAO_TEST_ENGINE_URL names no cluster")
    place = Cluster(hosts_of(url), f"wenbao-test-{secrets.token_hex(4)}", shards=2)
    yield place
    shared(place).close()
    for host in place.hosts:
        try:
            names = httpx.get(f"{host}/{place.index}*/_alias", trust_env=False, timeout=30).json()
            for name in names:
                httpx.delete(f"{host}/{name}", trust_env=False, timeout=30)
        except httpx.TransportError:
            continue
        return
