"""``make bench``: speed as ratios and differences within one run, printed as Markdown.

The machine is noisy, so what is compared is measured in turns, and medians are reported.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from threadpoolctl import threadpool_limits

from tests.benchmarks import http, importing, retrieval


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--statements-each", type=int, default=4)
    parser.add_argument("--queries", type=int, default=60)
    parser.add_argument("--texts", type=int, default=3_000)
    args = parser.parse_args()
    rows: list[tuple[str, str, str]] = []
    with tempfile.TemporaryDirectory() as folder:
        with threadpool_limits(1, user_api="blas"):  # as the service does
            for n_people in (args.people // 10, args.people):
                world = Path(folder) / str(n_people)
                rows += retrieval.measure(world, n_people, args.statements_each, args.queries)
            rows += http.measure(Path(folder) / "http", args.queries)
        rows += importing.measure(Path(folder), args.texts)
    print("| what | measured | target |\n|---|---|---|")
    for what, measured, target in rows:
        print(f"| {what} | {measured} | {target} |")


if __name__ == "__main__":
    main()
