"""Retrains copies of a workspace, each killed by SIGKILL at another moment; run as a program.

    python -m tests.recommender.ranking.killed_retraining WORKSPACE TARGET

TARGET gets one workspace per moment. What is printed is JSON: moment to the signal that ended it,
0 for the one that nobody disturbs.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from recommender.ranking.learning import retraining, selection, trial
from tests.recommender.ranking.stored_world import NOW, draw_nothing, open_workspace

UNDISTURBED = "undisturbed"
STEPS = ("reading", "measuring", "training", "storing")
SHARES_OF_WRITING = (0.0, 0.2, 0.4, 0.6, 0.8)
LAST_TOUCHES = (3, 2, 1)
"""Counted from the end: the renaming into place, and what follows it."""
MOMENTS = (
    *STEPS,
    *(f"{share:.0%} written" for share in SHARES_OF_WRITING),
    *(f"{n} from whole" for n in LAST_TOUCHES),
    "activating",
    "active",
)
RANKERS = f"{os.sep}rankers"


def train_small(set_attribute: Callable[[object, str, object], None]) -> None:
    """Let few mentees be enough, try linear rankers alone, and draw nothing: that is faster."""
    all_contenders = selection.contenders
    draw_nothing(set_attribute)
    set_attribute(trial, "FEWEST_MENTEES", 10)
    set_attribute(selection, "contenders", lambda: all_contenders()[:3])


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Killer:
    """Watches a retraining, and kills the process when the moment has come.

    Args:
        moment: When.
        n_touches: How often an undisturbed retraining touches files while it writes a release.
    """

    def __init__(self, moment: str, n_touches: int) -> None:
        self.moment = moment
        touches = {f"{share:.0%} written": int(share * n_touches) for share in SHARES_OF_WRITING}
        touches |= {f"{n} from whole": n_touches - n for n in LAST_TOUCHES}
        self._last = touches.get(moment)
        self._writing = False
        self.n_touches = 0
        sys.addaudithook(self._touched)

    def progress(self, what: str, done: int, total: int) -> None:
        self._writing = what == "storing" and done == 0
        if what == self.moment or (self.moment == "active" and (what, done) == ("storing", 1)):
            die()

    def clock(self) -> datetime:
        """Return the time; it is asked for within the transaction that activates."""
        if self.moment == "activating":
            die()
        return NOW

    def _touched(self, event: str, arguments: tuple[object, ...]) -> None:
        """Count what is about to happen to a file of a release."""
        if self._writing and arguments and RANKERS in str(arguments[0]):
            if self.n_touches == self._last:
                die()
            self.n_touches += 1


def retrain(folder: Path, moment: str, n_touches: int) -> int:
    """Retrain in a workspace until the moment; return how often files were touched."""
    with open_workspace(folder) as here:
        killer = Killer(moment, n_touches)
        here.clock = killer.clock
        here.rankers.retrain(progress=killer.progress)
        return killer.n_touches


def in_child(folder: Path, moment: str, n_touches: int) -> tuple[int, int]:
    """Retrain in a process of its own; return what signal ended it, and how often it touched."""
    readable, writable = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.write(writable, str(retrain(folder, moment, n_touches)).encode())
        finally:
            os._exit(0)  # what went wrong shows: nothing was told, and no signal ended it
    os.close(writable)
    with os.fdopen(readable) as stream:
        written = stream.read()
    _, status = os.waitpid(child, 0)
    return (os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0), int(written or 0)


def main(workspace: Path, target: Path) -> None:
    """Kill one retraining after another."""
    train_small(setattr)
    signals: dict[str, int] = {}
    n_touches = 0
    for moment in (UNDISTURBED, *MOMENTS):
        shutil.copytree(workspace, target / moment)
        signals[moment], n = in_child(target / moment, moment, n_touches)
        n_touches = n_touches or n
    print(json.dumps(signals))


if __name__ == "__main__":
    assert retraining  # imported before the first fork, so that no child has to
    main(Path(sys.argv[1]), Path(sys.argv[2]))
