"""Imports go one way: from the command line down to the nouns."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

NOUNS = {"model", "errors"}
LAYERS = (
    NOUNS,
    {"normalize", "numerals", "units", "encoding", "ids", "pinyin", "problems"},
    {"workers", "jiebacut", "tokens", "segment", "readers", "passages", "cutting", "lexicon", "testset"}
    | {"duplicates", "copies"},
    {
        "question",
        "dates",
        "daywords",
        "dated",
        "editions",
        "answertype",
        "wording",
        "when",
        "named",
        "names",
        "models",
        "learned",
        "trees",
        "letters",
        "concordance",
        "ranking",
        "boundaries",
        "spans",
        "finalists",
        "sentences",
        "extraction",
        "figures",
        "snippets",
        "introduction",
        "contacts",
        "confidence",
    },
    {"answer"},
)
"""The rooms of index/, from the bottom; a room imports its own layer and those below. A new room needs a place here."""

BESIDE = {
    "engines": NOUNS,
    "intake": set().union(*LAYERS[:3]),
    "reindex": set().union(*LAYERS[:3]) | {"engines", "intake"},
    "export": set().union(*LAYERS[:3]),
    "evaluate": set().union(*LAYERS) | {"engines", "intake", "reindex"},
    "bench": set().union(*LAYERS) | {"engines", "intake", "reindex"},
    "training": set().union(*LAYERS) | {"engines", "reindex", "evaluate"},
}
"""Rooms beside the layers and what each may import: an engine the nouns alone, the writer what files go through."""

KEPT_OUT_OF_INDEX = {"bot", "telegram", "asyncio", "typer", "rich", "pydantic", "pydantic_settings", "dotenv"}


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def imported(path: Path) -> set[str]:
    """Return the dotted names a file imports, "index.tokens" for "from index.tokens import fold" too."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names.add(node.module or "")
            if node.module in ("index", "bot", "index.engines", "index.readers"):
                names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def room(path: Path) -> str:
    return path.relative_to(ROOT / "index").with_suffix("").parts[0]


def rooms_used(path: Path) -> set[str]:
    return {name.split(".")[1] for name in imported(path) if name.startswith("index.")} - {room(path)}


def allowed(name: str) -> set[str]:
    if name in BESIDE:
        return BESIDE[name]
    depth = next((depth for depth, layer in enumerate(LAYERS) if name in layer), None)
    assert depth is not None, f"index/{name} has no place in LAYERS yet"
    return set().union(*LAYERS[: depth + 1]) if name not in NOUNS else set()


@pytest.mark.parametrize("path", [path for path in modules("index") if room(path) != "__init__"], ids=str)
def test_a_room_of_the_index_imports_only_what_lies_below_it(path):
    assert rooms_used(path) <= allowed(room(path))


def test_no_two_rooms_of_the_index_need_each_other():
    uses: dict[str, set[str]] = {}
    for path in modules("index"):
        uses.setdefault(room(path), set()).update(rooms_used(path))
    TopologicalSorter(uses).prepare()


@pytest.mark.parametrize("path", modules("index"), ids=str)
def test_the_index_knows_no_bot_no_event_loop_and_no_environment(path):
    assert {name.split(".")[0] for name in imported(path)}.isdisjoint(KEPT_OUT_OF_INDEX)
    names = {node.attr for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Attribute)}
    assert names.isdisjoint({"environ", "getenv"})


@pytest.mark.parametrize("path", [path for path in modules("bot") if path.stem != "settings"], ids=str)
def test_only_the_settings_read_the_environment(path):
    names = {node.attr for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Attribute)}
    assert names.isdisjoint({"environ", "getenv"})


def test_asking_on_the_command_line_loads_nothing_of_the_bot_or_of_training(tmp_path):
    page = {"title": "桥", "paragraphs": ["全市今年新建桥梁12座。"]}
    (tmp_path / "docs_corpus").mkdir()
    (tmp_path / "docs_corpus" / "page.jsonl").write_text(json.dumps(page, ensure_ascii=False), "utf-8")
    program = (
        "import sys; sys.argv = ['wenbao', 'ask', '--json', '全市新建桥梁多少座']\n"
        "import atexit; atexit.register(lambda: print(*sorted(sys.modules), file=sys.stderr))\n"
        "from bot.cli import main; main()"
    )
    for _ in ("build the index", "ask a ready one"):
        asked = subprocess.run(
            [sys.executable, "-c", program],
            cwd=tmp_path,
            env={"PYTHONPATH": str(ROOT), "PATH": ""},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
    assert json.loads(asked.stdout)["question"] == "全市新建桥梁多少座"
    loaded = {name.split(".")[0] for name in asked.stderr.split()}
    assert loaded.isdisjoint({"telegram", "httpx", "tornado", "apscheduler", "lightgbm", "scipy", "sklearn", "rich"})
    assert loaded.isdisjoint({"matplotlib", "numba", "bm25s", "pypinyin", "prompt_toolkit", "structlog"})
