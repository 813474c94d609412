"""What a question's handling costs beside the answering itself."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MOST_MS = 5
MOST_RATIO = 1.6
"""Of the whole to `ask()` alone, for machines on which everything takes longer; 1.35 on the one it was chosen on."""


@pytest.mark.slow
def test_handling_adds_at_most_five_milliseconds_of_cpu_to_ask():
    command = [sys.executable, "-m", "tests.bench.handling", "--rounds", "15"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stderr
    measured = json.loads(run.stdout)
    assert measured["added_ms"] <= MOST_MS or measured["ratio"] <= MOST_RATIO, measured
