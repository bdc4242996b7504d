"""Who takes part. Changes count in the very next answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, File, Request, Response, UploadFile
from fastapi.responses import JSONResponse

from recommender.domain.errors import EncoderUnavailable, UnknownPerson
from recommender.domain.people import Person
from recommender.programme import PEOPLE_FORMS
from service.api.fields import PersonId
from service.api.jobs import start_import, tells_job
from service.bodies import domain_object, json_fields
from service.jobs import JobKind
from service.limits import PEOPLE_IMPORT_PATH
from service.openapi import FORM, JSON, WRITING, body_of, tells
from service.running import of

router = APIRouter(tags=["people"])

PersonBody = Annotated[dict[str, Any], body_of(Person, without=("id",), whole=True)]


@router.put(
    "/v1/people/{person_id}",
    **tells(
        "Store a person",
        Person,
        EncoderUnavailable,
        statuses=(200, 201),
        takes=JSON,
        located=True,
    ),
)
def put_person(request: Request, person_id: PersonId, body: PersonBody) -> Response:
    """Create or replace a person. The next answer of every process counts with it.

    Every field must be there: a PUT replaces, and nothing is lost by omission.
    """
    person = domain_object(Person, body, {"id": person_id}, whole=True)
    created = of(request).recommender.people.put(person)
    headers = {"Location": f"/v1/people/{person_id}"}
    return JSONResponse(as_sent(person), 201 if created else 200, headers)


@router.get("/v1/people/{person_id}", **tells("Show a person", Person, UnknownPerson))
def get_person(request: Request, person_id: PersonId) -> Response:
    """Return a person with everything they state."""
    return JSONResponse(as_sent(of(request).recommender.people.get(person_id)))


@router.delete(
    "/v1/people/{person_id}",
    **tells("Erase a person", None, UnknownPerson, *WRITING, statuses=(204,)),
)
def erase_person(request: Request, person_id: PersonId) -> Response:
    """Erase a person: statements, vectors, pairs, feedback, and every log they are in."""
    of(request).recommender.people.erase(person_id)
    return Response(status_code=204)


@router.post(PEOPLE_IMPORT_PATH, **tells_job("Import people files", takes=FORM))
def import_people(
    request: Request,
    files: Annotated[
        list[UploadFile],
        File(
            min_length=1,
            max_length=PEOPLE_FORMS.max_csv_files,
            description="One to three CSV files (people, statements, pairs), or one Excel "
            "workbook. The end of a name tells which: .csv, .xlsx.",
        ),
    ],
) -> Response:
    """Start to import people, statements and pairs: everything that the files say, or nothing."""
    people = of(request).recommender.people
    return start_import(request, JobKind.IMPORT, files, PEOPLE_FORMS, people.import_files)


def as_sent(person: Person) -> dict[str, Any]:
    """Return a person as a PUT takes them: a skill has no priority, and a goal no level."""
    fields = json_fields(person)
    return {**fields, "statements": [_plain(statement) for statement in fields["statements"]]}


def _plain(statement: Mapping[str, Any]) -> dict[str, Any]:
    first = {name: statement[name] for name in ("kind", "language")}
    return first | {name: value for name, value in statement.items() if value is not None}
