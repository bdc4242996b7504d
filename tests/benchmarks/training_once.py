"""One retraining in a process of its own, which prints what it took as JSON.

``python -m tests.benchmarks.training_once WORKSPACE`` prints the seconds of importing; of reading
and of the whole retraining without imports; the same in seconds of a core, which what else runs on
the machine hardly changes; and the peak of the process's memory in MiB.
"""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path


def main(workspace: Path) -> None:
    begin = time.perf_counter()
    from recommender.ranking.learning import retraining  # noqa: F401 - else a part of retraining
    from recommender.ranking.registry import Rankers, utc_now
    from recommender.ranking.releases import Releases
    from recommender.store import Store

    imported, imported_cpu = time.perf_counter(), time.process_time()
    begun: dict[str, float] = {}

    def tell(step: str, _done: int, _total: int) -> None:
        begun.setdefault(step, time.perf_counter())

    store = Store.in_folder(workspace)
    # The releases' folder is a new one, so that every run writes its release.
    releases = Releases(workspace / f"rankers-{time.time_ns()}", "benchmark")
    report = Rankers(store, releases, utc_now).retrain(
        groups={f"mentor-{n}": f"site {n % 3}" for n in range(300)},
        progress=tell,
    )
    whole, of_a_core = time.perf_counter() - imported, time.process_time() - imported_cpu
    if report.version is None:
        raise SystemExit("Nothing was trained")
    # Unlike getrusage, which knows the parent's size from before exec, this is the process alone.
    match = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    peak_mib = int(match[1]) / 1024 if match else float("nan")
    reading = begun["measuring"] - begun["reading"]
    print(json.dumps([imported - begin, reading, whole, of_a_core, peak_mib]))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
