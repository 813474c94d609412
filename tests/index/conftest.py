"""The sample archive, indexed once, for tests of questions and answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.answer import Archive
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
