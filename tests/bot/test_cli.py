"""The command line keeps its contract: what goes to which stream, in which form, with which exit code."""

from __future__ import annotations

import io
import json
import os
import pty
import select
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot import cli, messages, opening
from index.errors import CorruptIndex

ROOT = Path(__file__).resolve().parents[2]
PAGE = {
    "title": "东洲大桥提前合龙",
    "paper": "江城日报",
    "date": "2025-08-12",
    "page": "A02",
    "page_name": "要闻",
    "url": "https://example.org/a02/1",
    "paragraphs": ["东洲大桥全长1268米,设双向六车道。", "大桥由江城路桥公司承建,工期28个月。"],
}
QUESTION = "东洲大桥全长多少米"
STRANGE = "火星移民何时开始报名"
PROMPT = messages.PROMPT.encode()
PATIENCE = 30
"""Seconds a process may say nothing."""


@pytest.fixture(autouse=True)
def workdir(tmp_path, monkeypatch):
    """A working directory with a small archive in docs_corpus/ and no index yet."""
    monkeypatch.chdir(tmp_path)
    corpus = tmp_path / "docs_corpus"
    corpus.mkdir()
    write_page(corpus / "bridge.jsonl")
    return tmp_path


def write_page(file: Path, **changed: object) -> None:
    file.write_text(json.dumps(PAGE | changed, ensure_ascii=False) + "\n", "utf-8")


@pytest.fixture
def wenbao(monkeypatch, capsys):
    """Run the command in this process: `wenbao("ask", ...)` gives code, out and err."""

    def run(*arguments: str, stdin: bytes = b"") -> SimpleNamespace:
        monkeypatch.setattr(sys, "argv", ["wenbao", *arguments])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), "utf-8"))
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            cli.main()
        said = capsys.readouterr()
        return SimpleNamespace(code=left.value.code or 0, out=said.out, err=said.err)

    return run


def process(*arguments: str, **options: object) -> subprocess.Popen[bytes]:
    """Start the command as a process of its own, from the working directory."""
    program = "from bot.cli import main; main()"
    given: dict[str, object] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    environment = {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], "TERM": "xterm-256color"}
    environment |= given.pop("env", {})
    return subprocess.Popen([sys.executable, "-c", program, *arguments], env=environment, **given)


def on_a_terminal(*arguments: str, typed: Sequence[str] = (), **options: object) -> str:
    """Run the command with a terminal on every stream, typing a line at each prompt; return what it showed."""
    terminal, inside = pty.openpty()
    started = process(*arguments, stdin=inside, stdout=inside, stderr=inside, **options)
    os.close(inside)
    waiting = list(typed)
    shown = b""
    try:
        while select.select([terminal], [], [], PATIENCE)[0]:
            try:
                shown += os.read(terminal, 4096)
            except OSError:  # the other side is closed
                break
            if waiting and shown.count(PROMPT) > len(typed) - len(waiting):
                os.write(terminal, waiting.pop(0).encode())
        assert started.wait(PATIENCE) in (0, 4), shown.decode()
    finally:
        started.kill()
        started.wait()
        os.close(terminal)
    return shown.decode()


class TestIndexing:
    def test_json_is_one_line_with_the_fields_of_the_contract(self, wenbao):
        ran = wenbao("index", "--json")
        assert (ran.code, ran.err) == (0, "")
        assert ran.out.count("\n") == 1
        done = json.loads(ran.out)
        assert list(done) == [
            *("added", "changed", "removed", "unchanged", "articles", "passages", "skipped", "seconds", "duplicates"),
        ]
        assert (done["added"], done["articles"], done["passages"], done["skipped"]) == (1, 1, 2, [])

    def test_a_second_run_finds_nothing_to_do(self, wenbao):
        wenbao("index")
        done = json.loads(wenbao("index", "--json").out)
        assert (done["added"], done["changed"], done["unchanged"]) == (0, 0, 1)

    def test_skipped_files_are_named_with_their_reason_and_give_exit_code_3(self, wenbao, workdir):
        (workdir / "docs_corpus" / "broken.jsonl").write_bytes(b"\x00\xff\x00\xfe")
        ran = wenbao("index", "--json")
        (skip,) = json.loads(ran.out)["skipped"]
        assert ran.code == 3
        assert skip["source"].endswith("broken.jsonl")
        assert skip["reason"]
        told = wenbao("index", "--full")
        assert told.code == 3
        assert "broken.jsonl：" in told.out

    def test_other_formats_are_ignored_and_counted(self, wenbao, workdir):
        (workdir / "docs_corpus" / "photo.xcf").write_bytes(b"x")
        (workdir / "docs_corpus" / "README.md").write_text("# 说明\n", "utf-8")
        ran = wenbao("index")
        assert ran.code == 0
        assert "忽略 2 个" in ran.out

    def test_a_missing_path_is_exit_code_2_and_one_line(self, wenbao):
        ran = wenbao("index", "nowhere")
        assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
        assert ran.err.startswith("nowhere：")

    def test_nothing_to_index_is_exit_code_1_and_one_line(self, wenbao, workdir):
        (workdir / "empty").mkdir()
        ran = wenbao("index", "empty")
        assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)

    def test_the_index_option_says_where(self, wenbao, workdir):
        assert wenbao("index", "--index", "elsewhere").code == 0
        assert (workdir / "elsewhere").is_dir()
        assert not (workdir / ".wenbao").exists()
        assert wenbao("status", "--index", "elsewhere").code == 0

    def test_ctrl_c_is_said_in_a_line(self, wenbao, monkeypatch):
        def interrupted(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(opening, "refresh", interrupted)
        ran = wenbao("index")
        assert (ran.code, ran.out, ran.err.count("\n")) == (130, "", 1)


class TestAsking:
    def test_without_an_index_it_builds_one_from_the_corpus_first(self, wenbao, workdir):
        ran = wenbao("ask", QUESTION, "--json")
        assert ran.code == 0
        assert json.loads(ran.out)["snippets"][0]["answer"]
        assert "docs_corpus" in ran.err
        assert wenbao("ask", QUESTION, "--json").err == ""

    def test_json_has_the_fields_of_the_contract(self, wenbao):
        answer = json.loads(wenbao("ask", QUESTION, "--json").out)
        assert list(answer) == ["question", "found", "confidence", "snippets", "nearest", "took_ms"]
        assert answer["question"] == QUESTION
        assert answer["found"] is True
        assert 0 <= answer["confidence"] <= 1
        assert answer["nearest"] == []
        first = answer["snippets"][0]
        assert list(first) == ["text", "answer", "start", "end", "figure", "citation"]
        assert first["text"][first["start"] : first["end"]] == first["answer"]
        assert first["text"] in PAGE["paragraphs"][0]
        assert "1268米" in first["answer"]
        cited = first["citation"]
        assert {name: cited[name] for name in ("title", "paper", "date", "page", "page_name", "url")} == {
            name: PAGE[name] for name in ("title", "paper", "date", "page", "page_name", "url")
        }
        assert (cited["paragraph"], cited["also"]) == (1, [])

    def test_no_answer_is_exit_code_4_and_claims_nothing(self, wenbao):
        ran = wenbao("ask", STRANGE, "--json")
        answer = json.loads(ran.out)
        assert (ran.code, answer["found"], answer["snippets"]) == (4, False, [])
        told = wenbao("ask", STRANGE)
        assert told.code == 4
        assert "没有找到" in told.out

    def test_people_see_the_snippet_with_its_citation_under_it(self, wenbao):
        lines = wenbao("ask", QUESTION).out.removeprefix(f"{messages.DOUBTFUL}\n").splitlines()
        assert "1268米" in lines[0]
        assert lines[1] == "《东洲大桥提前合龙》 · 第1段 · 江城日报 2025-08-12 第A02版（要闻）"
        assert lines[2] == PAGE["url"]
        assert lines[-1].startswith("档案更新于 ")

    def test_off_a_terminal_there_is_no_colour(self, wenbao):
        assert "\x1b" not in wenbao("ask", QUESTION).out

    def test_the_corpus_option_refreshes_the_index_first(self, wenbao, workdir):
        wenbao("index")
        write_page(workdir / "docs_corpus" / "bridge.jsonl", paragraphs=["东洲大桥全长1300米,设双向六车道。"])
        stale = json.loads(wenbao("ask", QUESTION, "--json").out)
        fresh = json.loads(wenbao("ask", QUESTION, "--corpus", "docs_corpus", "--json").out)
        assert "1268米" in stale["snippets"][0]["text"]
        assert "1300米" in fresh["snippets"][0]["text"]

    def test_a_missing_corpus_is_exit_code_2(self, wenbao):
        assert wenbao("ask", QUESTION, "--corpus", "nowhere").code == 2

    def test_the_number_of_snippets_can_be_limited(self, wenbao):
        assert len(json.loads(wenbao("ask", "东洲大桥", "-k", "1", "--json").out)["snippets"]) <= 1

    @pytest.mark.parametrize(
        "arguments",
        [
            (),
            ("",),
            ("  ",),
            (QUESTION, "-k", "0"),
            (QUESTION, "-k", "many"),
            (QUESTION, "--batch", "-"),
            (QUESTION, "--unknown"),
            ("--batch", "nowhere.txt"),
            ("--batch", "docs_corpus"),
        ],
    )
    def test_misuse_is_exit_code_2_without_a_traceback(self, wenbao, arguments):
        ran = wenbao("ask", *arguments)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err
        assert "Traceback" not in ran.err

    def test_bytes_that_are_no_text_are_a_question_like_any_other(self, wenbao):
        ran = wenbao("ask", os.fsdecode("大桥".encode("gb18030")), "--json")
        assert ran.code in (0, 4)
        assert json.loads(ran.out)["question"]


class TestBatches:
    def test_each_line_gets_its_object_in_order(self, wenbao, workdir):
        questions = f"{QUESTION}\r\n\n  {STRANGE}\n".encode() + b"\xb4\xf3\xc7\xc5\n" + "大桥由谁承建".encode()
        (workdir / "questions.txt").write_bytes(b"\xef\xbb\xbf" + questions)
        ran = wenbao("ask", "--batch", "questions.txt", "--json")
        answers = [json.loads(line) for line in ran.out.splitlines()]
        assert ran.code == 0
        assert [answer["question"] for answer in answers if "error" not in answer] == [
            *(QUESTION, STRANGE, "大桥由谁承建"),
        ]
        assert ["error" in answer for answer in answers] == [False, True, False, True, False]
        blank = answers[1]
        assert (blank["question"], blank["found"], blank["snippets"], blank["nearest"]) == ("", False, [], [])

    def test_a_dash_reads_standard_input(self, wenbao):
        ran = wenbao("ask", "--batch", "-", "--json", stdin=f"{QUESTION}\n".encode())
        assert json.loads(ran.out)["found"] is True

    def test_a_reader_who_leaves_early_causes_no_traceback(self, workdir):
        (workdir / "questions.txt").write_text(f"{QUESTION}\n" * 5000, "utf-8")
        with process("ask", "--batch", "questions.txt", "--json") as asking:
            assert asking.stdout is not None
            assert asking.stderr is not None
            asking.stdout.readline()
            asking.stdout.close()
            told = asking.stderr.read().decode()
        assert asking.returncode != 0
        assert "Traceback" not in told
        assert "Exception ignored" not in told


class TestOnATerminal:
    def test_the_answer_is_in_colour(self):
        assert "\x1b[1;32m" in on_a_terminal("ask", QUESTION)

    def test_no_color_means_no_escape_sequences_in_the_answer(self, wenbao):
        wenbao("index")
        assert "\x1b[" not in on_a_terminal("ask", QUESTION, env={"NO_COLOR": "1"})

    def test_without_a_question_it_asks_until_ctrl_d(self, wenbao):
        wenbao("index")
        shown = on_a_terminal("ask", typed=[f"{QUESTION}\n", "\n", f"{STRANGE}\n", "\x04"])
        assert "1268米" in shown
        assert "没有找到" in shown
        assert "Traceback" not in shown


class TestStatus:
    def test_it_tells_people_what_the_index_holds(self, wenbao):
        wenbao("index")
        ran = wenbao("status")
        assert ran.code == 0
        assert "1 篇，2 段" in ran.out
        assert "2025-08-12 至 2025-08-12" in ran.out

    def test_json_is_one_object(self, wenbao):
        wenbao("index")
        state = json.loads(wenbao("status", "--json").out)
        assert (state["articles"], state["passages"], state["sources"], state["problems"]) == (1, 2, 1, [])
        assert (state["first"], state["last"]) == ("2025-08-12", "2025-08-12")

    def test_problems_are_listed_by_source(self, wenbao, workdir):
        with (workdir / "docs_corpus" / "bridge.jsonl").open("a", encoding="utf-8") as file:
            file.write('{"title": "没有正文"}\n')
        assert wenbao("index").code == 3
        told = wenbao("status", "--problems").out
        (problem,) = json.loads(wenbao("status", "--json").out)["problems"]
        assert f"{problem['source']}：{problem['reason']}" in told

    def test_a_file_that_could_not_be_read_is_a_problem_until_it_can_be(self, wenbao, workdir):
        bad = workdir / "docs_corpus" / "page.txt"
        bad.write_bytes(b"\0\1\2" * 50)
        assert [wenbao("index").code for _ in range(2)] == [3, 3]
        state = json.loads(wenbao("status", "--json").out)
        assert [(Path(entry["source"]).name, entry["count"]) for entry in state["problems"]] == [("page.txt", 1)]
        assert state["sources"] == 1
        assert "page.txt" in wenbao("status", "--problems").out
        bad.write_text("# 桥\n\n城东的桥今天通车，全长八百米，往来的车辆不必再绕行北门。\n", "utf-8")
        assert json.loads(wenbao("index", "--json").out)["added"] == 1
        assert json.loads(wenbao("status", "--json").out)["problems"] == []
        bad.write_bytes(b"\0\1\2" * 50)
        assert wenbao("index").code == 3
        state = json.loads(wenbao("status", "--json").out)
        assert (len(state["problems"]), state["sources"], state["articles"]) == (1, 2, 2)
        bad.unlink()
        assert json.loads(wenbao("index", "--json").out)["removed"] == 1
        assert json.loads(wenbao("status", "--json").out)["problems"] == []

    def test_equal_reasons_are_counted(self, wenbao, workdir):
        with (workdir / "docs_corpus" / "bridge.jsonl").open("a", encoding="utf-8") as file:
            file.write('{"title": "没有正文"}\n' * 50)
        wenbao("index")
        (problem,) = json.loads(wenbao("status", "--json").out)["problems"]
        assert problem["count"] == 50
        assert "第2行" in problem["reason"]
        told = wenbao("status", "--problems").out
        assert "×50" in told
        assert told.count("bridge.jsonl") == 1

    def test_what_was_wrong_before_a_reader_gave_up_is_told_too(self, wenbao, workdir):
        bad = workdir / "docs_corpus" / "bad.jsonl"
        bad.write_text('{"title": "没有正文"}\n' * 200, "utf-8")
        skipped = json.loads(wenbao("index", "--json").out)["skipped"]
        assert len(skipped) > 1
        problems = json.loads(wenbao("status", "--json").out)["problems"]
        assert sorted(entry["count"] for entry in problems) == [1, 100]

    def test_without_an_index_it_is_exit_code_1_and_one_line(self, wenbao):
        ran = wenbao("status")
        assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)


class TestImport:
    def test_what_it_writes_answers_as_the_files_did(self, wenbao, workdir):
        wenbao("index")
        before = json.loads(wenbao("ask", QUESTION, "--json").out)["snippets"][0]
        ran = wenbao("import", "docs_corpus", "--to", "archive.jsonl")
        assert (ran.code, ran.err) == (0, "")
        assert "1 篇" in ran.out
        assert wenbao("index", "archive.jsonl", "--index", "again").code == 0
        after = json.loads(wenbao("ask", QUESTION, "--json", "--index", "again").out)["snippets"][0]
        for citation in (before["citation"], after["citation"]):
            citation.pop("source")
        assert after == before

    def test_it_names_what_it_skipped(self, wenbao, workdir):
        (workdir / "docs_corpus" / "旧稿.doc").write_bytes(b"\xd0\xcf\x11\xe0")
        ran = wenbao("import", "docs_corpus", "--to", "archive.jsonl", "--json")
        done = json.loads(ran.out)
        assert (ran.code, done["articles"], done["sources"], done["to"]) == (3, 1, 1, "archive.jsonl")
        assert [Path(entry["source"]).name for entry in done["skipped"]] == ["旧稿.doc"]
        assert "旧稿.doc" in wenbao("import", "docs_corpus", "--to", "other.jsonl").out

    def test_it_overwrites_only_when_told_to(self, wenbao, workdir):
        (workdir / "archive.jsonl").write_text("别的", "utf-8")
        ran = wenbao("import", "docs_corpus", "--to", "archive.jsonl")
        assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
        assert (workdir / "archive.jsonl").read_text("utf-8") == "别的"
        assert wenbao("import", "docs_corpus", "--to", "archive.jsonl", "--force").code == 0

    @pytest.mark.parametrize(
        ("arguments", "code"),
        [
            (("nowhere", "--to", "a.jsonl"), 2),
            (("docs_corpus",), 2),
            (("--to", "a.jsonl"), 2),
            (("docs_corpus", "--to", "no/folder/a.jsonl"), 1),
            (("empty", "--to", "a.jsonl"), 1),
        ],
    )
    def test_what_cannot_be_done_is_named_and_writes_nothing(self, wenbao, workdir, arguments, code):
        (workdir / "empty").mkdir()
        ran = wenbao("import", *arguments)
        assert ran.code == code
        assert "Traceback" not in ran.err
        assert not (workdir / "a.jsonl").exists()


class TestErrors:
    def test_a_named_error_is_exit_code_1_and_one_line(self, wenbao, monkeypatch):
        def damaged(*_: object) -> None:
            raise CorruptIndex("索引坏了；请重建")

        monkeypatch.setattr(opening, "open_archive", damaged)
        ran = wenbao("ask", QUESTION)
        assert (ran.code, ran.out, ran.err) == (1, "", "索引坏了；请重建\n")

    def test_what_the_system_refuses_is_exit_code_1_and_one_line(self, wenbao, monkeypatch):
        def full(*_: object, **__: object) -> None:
            raise OSError(28, "No space left on device", "/archive/index")

        monkeypatch.setattr(opening, "refresh", full)
        ran = wenbao("index")
        assert (ran.code, ran.err.count("\n")) == (1, 1)
        assert ran.err.startswith("/archive/index：")

    def test_wrong_settings_are_exit_code_2_with_a_line_each(self, wenbao, monkeypatch):
        monkeypatch.setenv("WENBAO_ADMIN_IDS", "x")
        monkeypatch.setenv("WENBAO_TIMEZONE", "Mars")
        for command in (("index",), ("ask", QUESTION), ("status",)):
            ran = wenbao(*command)
            assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 2)

    def test_a_cluster_that_does_not_answer_is_exit_code_1_and_one_line_which_names_it(
        self, wenbao, workdir, monkeypatch
    ):
        monkeypatch.setattr("index.engines.opensearch.client.Client.wait", lambda *_: None)
        monkeypatch.setenv("WENBAO_ENGINE_URL", "http://127.0.0.1:1")
        monkeypatch.setenv("WENBAO_ENGINE_USER", "reader")
        monkeypatch.setenv("WENBAO_ENGINE_PASSWORD", "hunter2")
        for command in (("index",), ("ask", QUESTION), ("status",)):
            ran = wenbao(*command)
            assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
            assert "http://127.0.0.1:1" in ran.err
            assert "ENGINE_URL" in ran.err
            assert "hunter2" not in ran.err
        assert sorted(entry.name for entry in workdir.iterdir()) == ["docs_corpus"]

    def test_selfcheck_names_the_first_thing_to_mend(self, wenbao, monkeypatch):
        ran = wenbao("selfcheck")
        assert (ran.code, "WENBAO_ENGINE_URL" in ran.out) == (0, True)
        monkeypatch.setattr("index.engines.opensearch.client.Client.wait", lambda *_: None)
        ran = wenbao("selfcheck", "--index", "http://127.0.0.1:1")
        assert (ran.code, ran.out.count("\n"), ran.out[0]) == (1, 1, "✗")
        ran = wenbao("selfcheck", "--index", "http://me:hunter2@127.0.0.1:1")
        assert ran.code == 1
        assert "hunter2" not in ran.out + ran.err

    def test_no_command_at_all_shows_the_commands(self, wenbao):
        ran = wenbao("--help")
        assert ran.code == 0
        assert all(name in ran.out for name in ("index", "ask", "status"))
