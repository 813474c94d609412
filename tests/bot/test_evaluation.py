"""`wenbao eval` scores a file of questions against an archive of its own or a ready one."""

from __future__ import annotations

import json
import sys
from types import SimpleNamespace

import pytest

from bot import cli, messages

BRIDGE = "东洲大桥全长1268米，设双向六车道。大桥由江城路桥公司承建，工期28个月。"
PARK = "星湖公园今年开放，园内有荷花池三处。"
TEA = "茶叶产量去年达到9000吨，茶农增收。"


def asked(question: str, context: str, gold: str) -> dict[str, object]:
    return {"question": question, "answers": [{"text": gold, "answer_start": context.index(gold)}]}


SQUAD = {
    "data": [
        {
            "title": "大桥",
            "paragraphs": [{"context": BRIDGE, "qas": [asked("東洲大橋全長多少米？", BRIDGE, "1268米")]}],
        },
        {"title": "公园", "paragraphs": [{"context": PARK, "qas": [asked("星湖公园有几处荷花池？", PARK, "三处")]}]},
    ]
}


@pytest.fixture(autouse=True)
def workdir(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "set.json").write_text(json.dumps(SQUAD, ensure_ascii=False), "utf-8")
    (tmp_path / "lines.jsonl").write_text('{"question": "茶叶产量多少吨", "answers": ["9000吨"]}\n', "utf-8")
    for name in ("tea", "more"):
        (tmp_path / name).mkdir()
        page = {"title": name, "paragraphs": [TEA + name]}
        (tmp_path / name / "page.jsonl").write_text(json.dumps(page, ensure_ascii=False), "utf-8")
    return tmp_path


@pytest.fixture
def wenbao(monkeypatch, capsys):
    def run(*arguments: str) -> SimpleNamespace:
        monkeypatch.setattr(sys, "argv", ["wenbao", *arguments])
        with pytest.raises(SystemExit) as left:
            cli.main()
        said = capsys.readouterr()
        return SimpleNamespace(code=left.value.code or 0, out=said.out, err=said.err)

    return run


def test_a_squad_files_texts_are_indexed_together_with_the_distractors(wenbao, workdir):
    done = wenbao("eval", "set.json", "--distractors", "tea", "more", "--json")
    assert done.code == 0
    told = json.loads(done.out)
    assert told["archive"] == {"articles": 4, "passages": 4}
    assert told["scores"]["answerable"] == told["scores"]["located"] == 2
    assert set(told) == {"file", "archive", "scores", "kinds", "errors"}
    assert not (workdir / ".wenbao").exists()


def test_a_kept_index_serves_the_next_run_and_no_other_set(wenbao, workdir):
    first = json.loads(wenbao("eval", "set.json", "--keep", "kept", "--json").out)
    (built,) = (workdir / "kept").iterdir()
    stamp = (built / "index" / "current").stat().st_mtime_ns
    again = json.loads(wenbao("eval", "set.json", "--keep", "kept", "--simplified", "--limit", "1", "--json").out)
    assert (built / "index" / "current").stat().st_mtime_ns == stamp
    assert again["archive"] == first["archive"]
    assert again["scores"]["answerable"] == 1
    beside = json.loads(wenbao("eval", "set.json", "--keep", "kept", "--distractors", "tea", "--json").out)
    assert beside["archive"]["articles"] == 3


def test_a_kept_index_can_be_named_and_knows_its_articles(wenbao, workdir):
    wenbao("eval", "set.json", "--keep", "kept", "--json")
    (built,) = (workdir / "kept").iterdir()
    told = json.loads(wenbao("eval", "set.json", "--index", str(built / "index"), "--json").out)
    assert told["scores"]["located"] == 2


@pytest.mark.parametrize("flag", ["--without-gold", "--without-set"])
def test_every_question_is_asked_again_without_its_article(wenbao, flag):
    told = json.loads(wenbao("eval", "set.json", "--distractors", "tea", flag, "--json").out)
    assert told["scores"]["unanswerable"] == 2


def test_lines_of_questions_are_asked_of_the_distractors_or_of_the_corpus(wenbao, workdir):
    told = json.loads(wenbao("eval", "lines.jsonl", "--distractors", "tea", "--json").out)
    assert told["archive"]["articles"] == 1
    missing = wenbao("eval", "lines.jsonl", "--json")
    assert missing.code == cli.FAILED
    assert "wenbao index" in missing.err


def test_the_table_has_a_row_for_all_and_one_for_each_kind_and_is_never_cut(wenbao):
    done = wenbao("eval", "set.json")
    head, everything, *kinds = done.out.splitlines()
    assert head.split()[:4] == list(messages.SCORE_HEADS[:4])
    assert everything.startswith(messages.ALL_KINDS)
    assert [row.split()[0] for row in kinds] == ["number"]
    assert "…" not in done.out


def test_failures_are_shown_with_what_was_to_be_answered(wenbao, workdir):
    (workdir / "lines.jsonl").write_text('{"question": "茶叶产量多少吨", "answers": ["五千担"]}', "utf-8")
    done = wenbao("eval", "lines.jsonl", "--distractors", "tea", "--errors", "3")
    assert "茶叶产量多少吨" in done.out
    assert "五千担" in done.out
    (failure,) = json.loads(wenbao("eval", "lines.jsonl", "--distractors", "tea", "--errors", "3", "--json").out)[
        "errors"
    ]
    assert failure["gold"] == ["五千担"]
    assert set(failure) == {"question", "kind", "gold", "snippet", "answer", "confidence"}


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["eval", "none.json"], cli.MISUSED, "none.json"),
        (["eval", "bad.jsonl"], cli.FAILED, "第 2 行"),
        (["eval", "set.json", "tea"], cli.MISUSED, "--distractors"),
        (["eval", "set.json", "--index", "x", "--distractors", "tea"], cli.MISUSED, "--index"),
        (["eval", "set.json", "--distractors", "nowhere"], cli.MISUSED, "nowhere"),
    ],
)
def test_what_cannot_be_scored_is_said_in_one_line(wenbao, workdir, arguments, code, said):
    (workdir / "bad.jsonl").write_text('{"question": "a", "answers": []}\n{"question": 1}', "utf-8")
    done = wenbao(*arguments)
    assert done.code == code
    assert said in done.err
    assert "Traceback" not in done.err
