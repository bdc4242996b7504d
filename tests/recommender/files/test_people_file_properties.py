"""What holds for every people file: it comes back as it went out, and nothing makes it crash."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from recommender.domain.checks import canonical_text
from recommender.domain.errors import InvalidInput, Problem
from recommender.domain.people import Kind, Pair, PairStatus, Person, Roles, Statement, Status
from recommender.files.people import read_people, write_people
from tests.recommender.files.people_file_world import COUPLES, WORLD, people_csv, statements_csv

FORMS = (("p.csv", "s.csv", "x.csv"), ("p.xlsx",))
HOSTILE = (
    "=",
    "+",
    "-",
    "@",
    "'",
    '"',
    ",",
    ";",
    "|",
    "\\",
    "ä",
    "ß",
    "😀",
    "\u202eא",
    "a",
    "5",
    " ",
)
SLOW = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


def texts(longest: int) -> st.SearchStrategy[str]:
    """Canonical text that starts like a formula more often than people do."""
    hostile = st.lists(st.sampled_from(HOSTILE), min_size=1, max_size=12).map("".join)
    # Two characters cannot stand in a workbook; they have a test of their own.
    anything = st.text(
        st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"),
        min_size=1,
        max_size=40,
    )
    return (hostile | anything).map(canonical_text).filter(lambda text: 0 < len(text) <= longest)


IDS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._:@-]{0,8}", fullmatch=True)
LANGUAGES = st.sampled_from(("de", "en", "fr", "pl"))


@st.composite
def statements(draw: st.DrawFn) -> Statement:
    kind = draw(st.sampled_from(Kind))
    return Statement(
        kind,
        draw(texts(1000).filter(lambda text: any(char.isalnum() for char in text))),
        draw(LANGUAGES),
        level=draw(st.integers(1, 5)) if kind is Kind.SKILL else None,
        priority=draw(st.integers(1, 3)) if kind is Kind.GOAL else None,
    )


@st.composite
def organisations(draw: st.DrawFn) -> tuple[list[Person], list[Pair]]:
    ids = draw(st.lists(IDS, min_size=1, max_size=4, unique=True))
    people = [
        Person(
            id=person_id,
            name=draw(texts(200)),
            department=draw(texts(200)),
            site=draw(texts(200)),
            career_level=draw(st.integers(0, 99)),
            reports_to=draw(st.sampled_from([None, *ids[:number]])),
            languages=tuple(draw(st.lists(LANGUAGES, min_size=1, unique=True))),
            time_zone=draw(st.sampled_from(("Europe/Berlin", "UTC", "Etc/GMT+1"))),
            roles=draw(st.sampled_from(Roles)),
            capacity=draw(st.integers(0, 50)),
            hours_per_month=draw(st.floats(0, 200) | st.integers(0, 200)),
            status=draw(st.sampled_from(Status)),
            statements=tuple(
                draw(st.lists(statements(), max_size=4, unique_by=lambda s: (s.kind, s.text)))
            ),
        )
        for number, person_id in enumerate(ids)
    ]
    couples = st.lists(st.sampled_from(ids), min_size=2, max_size=2, unique=True).map(tuple)
    chosen = draw(st.lists(couples, max_size=3, unique=True)) if len(ids) > 1 else []
    pairs = [Pair(mentor, mentee, draw(st.sampled_from(PairStatus))) for mentor, mentee in chosen]
    return people, pairs


@SLOW
@given(organisations())
def test_people_come_back_as_they_went_out(world: tuple[list[Person], list[Pair]]) -> None:
    people, pairs = world
    with tempfile.TemporaryDirectory() as folder:
        for names in FORMS:
            paths = [Path(folder) / name for name in names]
            write_people(paths, people, pairs)
            found = read_people(paths)
            assert [r.person for r in found.people] == sorted(people, key=lambda p: p.id)
            expected = sorted(pairs, key=lambda pair: (pair.mentor_id, pair.mentee_id))
            assert [record.pair for record in found.pairs] == expected


def read_or_refuse(names: Sequence[str], contents: Sequence[bytes]) -> None:
    """Read bytes as a people file; anything but a result or InvalidInput is a failure."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / name for name in names]
        for path, content in zip(paths, contents, strict=True):
            path.write_bytes(content)
        told: Sequence[Problem] | None = None
        try:
            read_people(paths)
        except InvalidInput as refused:
            told = refused.problems
    if told is not None:
        assert told
        for problem in told:
            f"{problem} {problem.value} {problem.field}".encode()
            assert problem.remedy
            assert problem.expected


@SLOW
@given(st.binary(max_size=200), st.sampled_from(("p.csv", "p.xlsx")))
@example(b"\xef\xbb\xbf", "p.csv")
@example(b'"', "p.csv")
@example(b"\x00", "p.csv")
@example(b"PK\x03\x04", "p.xlsx")
def test_no_bytes_crash_the_reader(data: bytes, name: str) -> None:
    read_or_refuse([name], [data])


def mutated(data: bytes, at: float, n_removed: int, added: bytes) -> bytes:
    """Return the bytes with a few of them replaced."""
    position = int(at * len(data))
    return data[:position] + added + data[position + n_removed :]


MUTATION = st.tuples(
    st.floats(0, 1),
    st.integers(0, 30),
    st.binary(max_size=4) | st.sampled_from((b'"', b",", b"\n", b"\r", b";", b"\xff")),
)
PEOPLE_CSV = people_csv({}, {"id": "b", "reports_to": "anna"}).encode()
STATEMENTS_CSV = statements_csv({}, {"person_id": "b"}).encode()


@SLOW
@given(MUTATION, MUTATION)
def test_no_change_crashes_the_csv_reader(
    people: tuple[float, int, bytes], said: tuple[float, int, bytes]
) -> None:
    contents = [mutated(PEOPLE_CSV, *people), mutated(STATEMENTS_CSV, *said)]
    read_or_refuse(["p.csv", "s.csv"], contents)


@SLOW
@given(MUTATION)
def test_no_change_crashes_the_reader_of_workbooks(change: tuple[float, int, bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "p.xlsx"
        write_people([path], WORLD, COUPLES)
        read_or_refuse(["p.xlsx"], [mutated(path.read_bytes(), *change)])
