"""The census of the rooms, ``make rooms``: who imports whom, how large each is, and no cycles."""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp

ROOT = Path(__file__).parents[1]
PACKAGES = ("recommender", "service")
Arrows = Mapping[str, set[str]]


def room_of(module: str) -> str:
    """Return the room of a module; ``recommender`` itself and ``service`` are rooms, too."""
    package, _, within = module.partition(".")
    return within.partition(".")[0] or package if package == "recommender" else package


def imports() -> Iterator[tuple[str, str]]:
    """Yield who imports whom, module by module, at the top of a file or within a function."""
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    for module in graph.modules:
        for imported in graph.find_modules_directly_imported_by(module):
            yield module, imported


def arrows_between_rooms(imports: Iterable[tuple[str, str]]) -> Arrows:
    """Return the other rooms that each room imports."""
    arrows: defaultdict[str, set[str]] = defaultdict(set)
    for importer, imported in imports:
        if room_of(importer) != room_of(imported):
            arrows[room_of(importer)].add(room_of(imported))
    return arrows


def cycle_of(arrows: Arrows) -> list[str]:
    """Return rooms that import each other in a circle, the first one again at the end, or none."""
    try:
        TopologicalSorter(arrows).prepare()
    except CycleError as error:
        cycle: list[str] = error.args[1]
        return cycle[::-1]  # graphlib tells it from the imported to the importer
    return []


def sizes() -> tuple[Counter[str], Counter[str]]:
    """Return how many modules and how many lines each room has."""
    modules, lines = Counter[str](), Counter[str]()
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            parts = path.relative_to(ROOT).with_suffix("").parts
            room = room_of(".".join(part for part in parts if part != "__init__"))
            modules[room] += 1
            lines[room] += len(path.read_text("utf-8").splitlines())
    return modules, lines


def census(arrows: Arrows, modules: Counter[str], lines: Counter[str]) -> Iterator[str]:
    """Yield the census line by line; those who import most come first."""
    yield f"{'room':12} {'modules':>7} {'lines':>6}  imports"
    for room in sorted(modules, key=lambda room: (-len(arrows.get(room, ())), room)):
        imported = " ".join(sorted(arrows.get(room, ())))
        yield f"{room:12} {modules[room]:7} {lines[room]:6}  {imported}".rstrip()
    yield f"{'':12} {modules.total():7} {lines.total():6}"
    yield f"{sum(map(len, arrows.values()))} arrows between {len(modules)} rooms"
    yield f"cycle: {' → '.join(cycle_of(arrows)) or 'none'}"


def main() -> int:
    """Print the census; a cycle is a failure."""
    arrows = arrows_between_rooms(imports())
    for line in census(arrows, *sizes()):
        print(line)
    return int(bool(cycle_of(arrows)))


if __name__ == "__main__":
    sys.exit(main())
