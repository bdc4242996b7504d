"""Files of group labels: read whole, or refused with every problem."""

from __future__ import annotations

from pathlib import Path

import pytest

from recommender.domain.errors import InvalidInput
from recommender.files.groups import read_groups


def written(folder: Path, text: str) -> Path:
    path = folder / "groups.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_labels_by_person(tmp_path: Path) -> None:
    path = written(tmp_path, "label;person_id\nnorth;p1\n\nSüd;p2\n")
    assert read_groups(path) == {"p1": "north", "p2": "Süd"}


def test_every_problem_is_told_with_its_place(tmp_path: Path) -> None:
    path = written(tmp_path, "person_id,label\np1,north\n,south\np1,east\np2,\np3,a,b\n")
    with pytest.raises(InvalidInput) as refused:
        read_groups(path)
    places = [(problem.field, problem.line) for problem in refused.value.problems]
    assert places == [("person_id", 3), ("person_id", 4), ("label", 5), ("row", 6)]


@pytest.mark.parametrize("text", ["", "name,age\nx,3\n", "person_id\np1\n"])
def test_another_file_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(InvalidInput):
        read_groups(written(tmp_path, text))
    with pytest.raises(InvalidInput, match="can be read"):
        read_groups(tmp_path / "missing.csv")
