"""Turns passage ids into start parameters and back: t.me/<bot>?start=<parameter> opens an article where it is cited."""

from __future__ import annotations

import re

_PARAMETER = re.compile(r"([A-Za-z0-9_-]+)-([0-9a-f]{10})(?:-(\d{1,9}))?")


def parameter(passage_id: str) -> str:
    """Return the id in the letters Telegram allows: "." and "~", which it does not, become "-"."""
    return passage_id.replace(".", "-").replace("~", "-")


def passage_of(parameter: str) -> str | None:
    """Return the passage id that `parameter` was made of; None for anything else."""
    found = _PARAMETER.fullmatch(parameter)
    if found is None:
        return None
    article, digest, repeat = found.groups()
    return f"{article}.{digest}" + (f"~{repeat}" if repeat else "")


def link(username: str, passage_id: str) -> str:
    return f"https://t.me/{username}?start={parameter(passage_id)}"
