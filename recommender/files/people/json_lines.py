"""People files as JSON Lines: one person, with their statements, or one pair a line."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from recommender.domain.errors import Problem, quoted
from recommender.domain.people import Pair, Person, Statement
from recommender.files.people.drafts import Drafts
from recommender.files.people.tables import COLUMNS, Table
from recommender.files.tables.cells import Column, Unusable, usable
from recommender.files.tables.files import decoded, read_bytes
from recommender.files.tables.places import Place, Source, Ticker

_CHOICES = ("kind", "roles", "status")
_STATEMENT = {name: col for name, col in COLUMNS[Table.STATEMENTS].items() if name != "person_id"}
_MAY_BE_MISSING = ("level", "priority")
_MAX_DIGITS = 18


class _NotPlain(ValueError):
    """JSON that reads but is ambiguous or no data: a repeated key, NaN, an endless number."""

    def __init__(self, value: str, expected: str, remedy: str) -> None:
        super().__init__(value)
        self.problem = Problem("line", quoted(value), expected, remedy)


def read_json_lines(path: Path, drafts: Drafts, ticker: Ticker) -> None:
    """Read a JSON Lines file into the drafts."""
    data = read_bytes(path, drafts.problems)
    if data is None:
        return
    lines = data.split(b"\n")
    ticker.total = len(lines)
    source = Source(path.name)
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        ticker.tick()
        text = decoded(path, line, number, drafts.problems)
        place = Place(source, number)
        given = None if text is None else _parsed(text.strip("\r"), place, drafts)
        if given is None:
            drafts.people_complete = False
        elif "mentor_id" in given:
            drafts.add_pair(_fields(given, COLUMNS[Table.PAIRS], (), place, drafts), place)
        else:
            _read_person(given, place, drafts)


def _parsed(text: str, place: Place, drafts: Drafts) -> dict[str, Any] | None:
    """Return the object on a line, or None and tell what is wrong."""
    remedy = "Write one JSON object in each line."
    expected = "a JSON object"
    try:
        value = json.loads(
            text, object_pairs_hook=_object, parse_constant=_constant, parse_int=_integer
        )
    except json.JSONDecodeError as error:
        found = quoted(text[error.pos : error.pos + 1000] or "the end of the line")
        told = f"{expected} ({error.msg})"
        problem = Problem("line", found, told, remedy).at("", None, error.colno)
    except _NotPlain as error:
        problem = error.problem
    except RecursionError:
        problem = Problem("line", "values nested too deeply", expected, remedy)
    else:
        if isinstance(value, dict):
            return value
        problem = Problem("line", str(_scalar(value)), expected, remedy)
    drafts.problems.add(place.point(problem))
    return None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _NotPlain(key, "each key once in an object", "Remove the repeated key.")
        found[key] = value
    return found


def _constant(name: str) -> float:
    raise _NotPlain(name, "a finite number", "Write a number, such as 2.5.")


def _integer(digits: str) -> int | float:
    """Read a whole number; one with too many digits for any field becomes a float."""
    return int(digits) if len(digits) <= _MAX_DIGITS else float(digits)


def _scalar(value: object) -> object:
    """Return the value if a field can hold it."""
    if isinstance(value, dict | list):
        what = "an object" if isinstance(value, dict) else "a list"
        return Unusable(what, "Write a single value.")
    return usable(value) if isinstance(value, str) else value


def _fields(
    given: Mapping[str, Any],
    wanted: Mapping[str, Column],
    others: Sequence[str],
    place: Place,
    drafts: Drafts,
) -> dict[str, Any]:
    """Return the value of each wanted field; tell keys that are neither wanted nor others."""
    for key in given:
        if key not in wanted and key not in others:
            expected = f"one of {', '.join([*wanted, *others])}"
            problem = Problem(quoted(key), quoted(_scalar(given[key])), expected, "Remove the key.")
            drafts.problems.add(place.point(problem))
    return {name: _field(given, name, column) for name, column in wanted.items()}


def _field(given: Mapping[str, Any], name: str, column: Column) -> object:
    if name not in given:
        if column.optional or name in _MAY_BE_MISSING:
            return column.absent
        missing = Unusable("no such key", f"Add the key {name}.")
        return (missing,) if name == "languages" else missing
    value = _scalar(given[name])
    if name == "languages":
        if isinstance(given[name], list):
            return tuple(_scalar(code) for code in given[name])
        return (Unusable(str(value), 'Write a list, such as ["de", "en"].'),)
    if name in _CHOICES and isinstance(value, str):
        return column.convert(value)
    return value


def _read_person(given: dict[str, Any], place: Place, drafts: Drafts) -> None:
    statements_given = "statements" in given
    fields = _fields(given, COLUMNS[Table.PEOPLE], ("statements",), place, drafts)
    drafts.add_person(fields, place, statements_given)
    statements = given.get("statements", [])
    if not isinstance(statements, list):
        _refuse(place, "statements", statements, "a list of statements", drafts)
        return
    for index, statement in enumerate(statements):
        inside = Place(place.source, place.line, f"statements[{index}].")
        if isinstance(statement, dict):
            said = _fields(statement, _STATEMENT, (), inside, drafts)
            owner = fields["id"] if isinstance(fields["id"], str) else None
            drafts.add_statement(owner, said, inside)
        else:
            _refuse(place, f"statements[{index}]", statement, "an object", drafts)


def _refuse(place: Place, name: str, value: object, expected: str, drafts: Drafts) -> None:
    problem = Problem(name, quoted(_scalar(value)), expected, "See docs/people-file.md.")
    drafts.problems.add(place.point(problem))


def write_json_lines(stream: BinaryIO, people: Sequence[Person], pairs: Sequence[Pair]) -> None:
    """Write people, then pairs, one object a line."""
    for person in people:
        stream.write(_line(_person_object(person)))
    for pair in pairs:
        stream.write(
            _line(
                {
                    "mentor_id": pair.mentor_id,
                    "mentee_id": pair.mentee_id,
                    "status": pair.status.value,
                }
            )
        )


def _line(value: Mapping[str, object]) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8") + b"\n"


def _person_object(person: Person) -> dict[str, object]:
    fields: dict[str, object] = {name: getattr(person, name) for name in COLUMNS[Table.PEOPLE]}
    return {**fields, "statements": [_statement_object(said) for said in person.statements]}


def _statement_object(said: Statement) -> dict[str, object]:
    scale: dict[str, object] = (
        {"priority": said.priority} if said.level is None else {"level": said.level}
    )
    return {"kind": said.kind, "language": said.language, "text": said.text, **scale}
