"""``python -m recommender.simulation FOLDER`` writes the sample organisation anew."""

from __future__ import annotations

import argparse
from pathlib import Path

from recommender.simulation.sample import write_sample


def main() -> None:
    """Write people, statements and pairs next to the phrases and names of a folder."""
    parser = argparse.ArgumentParser(
        prog="python -m recommender.simulation",
        description="Write the sample organisation anew from its phrases and names.",
    )
    parser.add_argument("folder", type=Path, help="holds phrases.csv and names.toml")
    write_sample(parser.parse_args().folder)


if __name__ == "__main__":
    main()
