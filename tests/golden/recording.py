"""The answers as they were recorded, and how others are compared with them."""

from __future__ import annotations

import json
import lzma
import math
import re
from pathlib import Path
from typing import Any

RECORDED = Path(__file__).with_name("answers.json.xz")
TOLERANCE = 1e-4
"""Cosines are told with more digits than different processors agree on."""
LEARNED = ("retrain/", "ranked/", "export/feedback", "export/cohorts")
"""What is simulated, and what is learned from it, hangs on the last bits of every cosine."""
NUMBER = re.compile(r"[+−-]?\d+([.,]\d+)?")


def write(answers: dict[str, str], path: Path = RECORDED) -> None:
    """Record answers; the same answers give the same bytes."""
    text = json.dumps(answers, ensure_ascii=False, indent=0)
    path.write_bytes(lzma.compress(text.encode(), preset=9))


def read(path: Path = RECORDED) -> dict[str, str]:
    """Return the answers that were recorded."""
    answers: dict[str, str] = json.loads(lzma.decompress(path.read_bytes()))
    return answers


def differing(recorded: dict[str, str], answered: dict[str, str]) -> list[str]:
    """Return the names of the answers that differ from those recorded.

    Where the encoder gives the same vectors as when they were recorded, every byte must be the
    same. On a processor that rounds otherwise numbers may differ by ``TOLERANCE``, and of what is
    learned from simulated feedback only the names are compared.
    """
    if recorded["vectors"] == answered["vectors"]:
        different = [name for name in recorded if recorded[name] != answered.get(name)]
    else:
        different = [name for name in recorded if not _alike(name, recorded, answered)]
    return different + [name for name in answered if name not in recorded]


def _alike(name: str, recorded: dict[str, str], answered: dict[str, str]) -> bool:
    if name not in answered:
        return False
    if name == "vectors" or name.startswith(LEARNED):
        return True
    before, after = recorded[name], answered[name]
    if before.startswith("{"):
        return _close(json.loads(before), json.loads(after))
    return NUMBER.sub("N", before) == NUMBER.sub("N", after)


def _close(before: Any, after: Any) -> bool:  # noqa: ANN401 - any JSON
    if isinstance(before, dict) and isinstance(after, dict):
        return list(before) == list(after) and all(_close(before[k], after[k]) for k in before)
    if isinstance(before, list) and isinstance(after, list):
        return len(before) == len(after) and all(map(_close, before, after))
    if isinstance(before, float) and isinstance(after, float):
        return math.isclose(before, after, abs_tol=TOLERANCE)
    return bool(before == after)
