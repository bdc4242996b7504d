"""JSON becomes objects of the domain without service/ naming a field of theirs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import service
from recommender.domain.errors import InvalidInput
from recommender.domain.people import Person, Statement
from recommender.domain.ranking import Query
from service.api.people import as_sent
from service.bodies import MAX_ITEMS, domain_object, domain_objects, json_answer
from service.openapi import body_of
from tests.conftest import person
from tests.service import examples

BODY = examples.PERSON_BODY
KNOWN = {"id": "m.keller"}


@dataclass(frozen=True, slots=True)
class Taller(Person):
    """A person with one more field.

    Args:
        height_cm: In centimetres.
    """

    height_cm: int = 170


def refused(kind: type[Any], body: dict[str, Any], **options: Any) -> list[tuple[str, str]]:  # noqa: ANN401
    with pytest.raises(InvalidInput) as caught:
        domain_object(kind, body, KNOWN if issubclass(kind, Person) else {}, **options)
    return [(problem.field, problem.value) for problem in caught.value.problems]


def test_a_new_field_of_a_person_comes_in_and_goes_out_by_itself() -> None:
    body = {**BODY, "height_cm": 181}
    tall = domain_object(Taller, body, KNOWN, whole=True)
    assert as_sent(tall) == {**KNOWN, **body}
    described = body_of(Taller, without=("id",), whole=True).json_schema
    assert isinstance(described, dict)
    assert described["properties"]["height_cm"]["description"] == "In centimetres."
    assert "height_cm" in described["required"]


def test_no_module_of_the_service_names_what_a_person_has() -> None:
    own = r"\b(career_level|reports_to|time_zone|hours_per_month|capacity|languages)\b"
    for path in Path(service.__file__).parent.rglob("*.py"):
        assert not re.search(own, path.read_text("utf-8")), path


def test_a_field_with_a_default_may_be_left_out_unless_all_are_wanted() -> None:
    body = {name: value for name, value in BODY.items() if name != "statements"}
    assert domain_object(Person, body, KNOWN).statements == ()
    assert refused(Person, body, whole=True) == [("statements", "nothing")]


def test_everything_that_is_wrong_is_told_at_once() -> None:
    statements = [{"kind": "goal", "text": ""}, "x", {**BODY["statements"][1], "level": "5"}]
    body = {"name": "", "capacity": True, "statements": statements, "shoes": 43, "id": "x"}
    told = refused(Person, body, whole=True)
    assert told == [
        ("statements[0].text", ""),
        ("statements[0].language", "nothing"),
        ("statements[0].priority", "nothing"),
        ("statements[1]", "x"),
        ("statements[2].level", "5"),
        ("name", ""),
        *((name, "nothing") for name in ("department", "site", "career_level", "reports_to")),
        *((name, "nothing") for name in ("languages", "time_zone", "roles")),
        ("capacity", "true"),
        *((name, "nothing") for name in ("hours_per_month", "status")),
        ("shoes", "43"),
        ("id", "x"),
    ]


def test_a_whole_number_is_a_number_and_a_huge_one_is_refused() -> None:
    assert (
        str(domain_object(Person, {**BODY, "hours_per_month": 3}, KNOWN).hours_per_month) == "3.0"
    )
    [(field, _)] = refused(Person, {**BODY, "hours_per_month": 10**400})
    assert field == "hours_per_month"


@pytest.mark.parametrize(
    ("field", "item"), [("statements", {}), ("languages", "DE"), ("languages", 3)]
)
def test_of_very_many_wrong_items_the_first_are_told_and_of_more_only_the_number(
    field: str, item: object
) -> None:
    told = refused(Person, {**BODY, field: [item] * MAX_ITEMS})
    assert 100 < len(told) < 110
    told = refused(Person, {**BODY, field: [item] * (MAX_ITEMS + 1)})
    assert told == [(field, f"{MAX_ITEMS + 1} items")]


def test_what_is_no_list_of_objects_is_told_with_its_place() -> None:
    with pytest.raises(InvalidInput) as caught:
        domain_objects(Statement, [None, BODY["statements"][0]], "goals", {})
    assert [problem.field for problem in caught.value.problems] == ["goals[0]"]
    assert refused(Query, {"goals": "bake"}) == [("goals", "bake")]


def test_what_is_not_a_number_is_null_in_an_answer() -> None:
    @dataclass
    class Measured:
        mean: float

    assert json_answer(Measured(float("nan"))).body == b'{"mean":null}'
    assert as_sent(person("p"))["statements"] == []
