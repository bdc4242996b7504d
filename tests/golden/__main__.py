"""Record what is answered now: ``python -m tests.golden``, when answers are meant to change."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.golden import recording
from tests.golden.answers import answers

if __name__ == "__main__":
    path = Path(sys.argv[1]) if sys.argv[1:] else recording.RECORDED
    with TemporaryDirectory() as folder:
        recording.write(dict(answers(Path(folder))), path)
    print(f"{len(recording.read(path))} answers recorded in {path}")
