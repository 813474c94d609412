"""Small rooms: measuring, references, deep links, traditional wording, limits, the log."""

from __future__ import annotations

import datetime as dt
import io
import json
import logging
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import deeplink, logs, messages
from bot.gbt7714 import reference
from bot.limits import PerMinute
from bot.measure import clean, clip, clip_around, pieces, units
from bot.speech import SIMPLIFIED, TRADITIONAL, speech_for
from index.model import Citation


class TestMeasure:
    @given(st.text())
    def test_units_are_utf_16_code_units(self, text):
        assert units(text) == len(text.encode("utf-16-le")) // 2

    @given(st.text(), st.integers(1, 50))
    def test_a_clipped_text_fits_and_begins_as_it_did(self, text, limit):
        clipped = clip(text, limit)
        assert units(clipped) <= limit
        assert text.startswith(clipped.removesuffix("…")) or clipped == text

    @given(st.text(), st.integers(1, 40))
    def test_pieces_fit_and_lose_nothing(self, text, limit):
        cut = pieces(text, limit + 1)
        assert "".join(cut) == text
        assert all(units(piece) <= limit + 1 for piece in cut)

    @given(st.text(min_size=1), st.data(), st.integers(10, 60))
    def test_a_text_clipped_around_a_span_fits_and_holds_it(self, text, data, limit):
        start = data.draw(st.integers(0, len(text) - 1))
        end = data.draw(st.integers(start, len(text)))
        shown, at, to = clip_around(text, start, end, limit)
        assert units(shown) <= limit
        assert shown[at:to] == text[start:end] or shown[at:to].endswith("…")

    def test_control_characters_and_direction_marks_go(self):
        assert clean("a\x00b\u202ec\r\nd") == "abc\nd"


class TestReference:
    def test_has_the_form_of_the_standard(self):
        cited = Citation(
            "p", "a", "s", 1, "题名", paper="衡阳日报", date=dt.date(2025, 8, 12), page="A03", author="王某"
        )
        assert reference(cited) == "王某. 题名[N]. 衡阳日报, 2025-08-12(A03)."

    def test_leaves_out_what_is_unknown(self):
        assert reference(Citation("p", "a", "s", 1, "题名")) == "题名[N]."

    def test_fits_the_button(self):
        cited = Citation("p", "a", "s", 1, "长" * 400, paper="报" * 90, page="版" * 90, author="人" * 90)
        assert len(reference(cited)) <= 256


class TestDeepLinks:
    @given(
        st.from_regex(r"[A-Za-z0-9_-]{1,16}", fullmatch=True),
        st.from_regex(r"[0-9a-f]{10}", fullmatch=True),
        st.sampled_from(["", "~2", "~15"]),
    )
    def test_lead_back_to_the_passage(self, article, digest, repeat):
        passage = f"{article}.{digest}{repeat}"
        written = deeplink.parameter(passage)
        assert len(written) <= 64
        assert written.replace("-", "").replace("_", "").isalnum() or not article.strip("-_")
        assert deeplink.passage_of(written) == passage

    @pytest.mark.parametrize("written", ["", "inline", "abc-xyz", "a.b", "x" * 64])
    def test_of_another_form_lead_nowhere(self, written):
        assert deeplink.passage_of(written) is None


class TestSpeech:
    @pytest.mark.parametrize("code", ["zh-hant", "zh-TW", "zh-Hant-HK", "zh-hk"])
    def test_is_traditional_for_those_who_read_it(self, code):
        assert speech_for(code) is TRADITIONAL

    @pytest.mark.parametrize("code", [None, "zh-hans", "en", "zh"])
    def test_is_simplified_for_everybody_else(self, code):
        assert speech_for(code) is SIMPLIFIED

    def test_leaves_what_it_quotes_as_it_is(self):
        assert TRADITIONAL(messages.NOT_FOUND, question="谷里有什么") == "檔案裏沒有找到“谷里有什么”的答案。"


class TestLimits:
    def test_admit_as_many_as_allowed_within_any_minute(self):
        limits = PerMinute(2)
        assert [limits.admit(1, now) for now in (0, 30, 59, 61)] == ["served", "served", "told", "served"]

    def test_tell_once_a_minute(self):
        limits = PerMinute(1)
        assert [limits.admit(1, now) for now in (0, 1, 2, 59)] == ["served", "told", "ignored", "ignored"]


class TestTheLog:
    @pytest.fixture
    def written(self, monkeypatch: pytest.MonkeyPatch):
        """What is logged as JSON; logging is as before afterwards."""
        stream = io.StringIO()
        root = logging.getLogger()
        handlers, level = root.handlers[:], root.level
        monkeypatch.setattr(sys, "stderr", stream)
        logs.set_up("json", secrets=("my-secret",))
        yield stream
        root.handlers[:] = handlers
        root.setLevel(level)

    def test_hides_tokens_in_messages_values_and_tracebacks(self, written):
        try:
            raise ValueError("http://x/bot123456:AAabcdefg/getMe")
        except ValueError:
            logs.log.exception("failed", url="https://api/bot99:SECRETSECRET/x", value="my-secret")
        logging.getLogger("somebody").error("token %s", "123456789:AbcdefghijklmnopqrstuvwxyzABCDEF")
        text = written.getvalue()
        assert not any(secret in text for secret in ("AAabcdefg", "SECRETSECRET", "my-secret", "Abcdefghij"))
        assert "ValueError" in text

    def test_keeps_questions_for_the_debug_level(self, written):
        logs.log.debug("question", text="青石湾")
        logs.log.info("asked", found=True)
        assert [json.loads(line)["event"] for line in written.getvalue().splitlines()] == ["asked"]
