"""Who takes part."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, File, Request, Response, UploadFile
from fastapi.responses import JSONResponse

from recommender.programme import PEOPLE_FORMS as FORMS
from service.errors import Slug
from service.jobs import JobKind
from service.limits import PEOPLE_IMPORT_PATH, takes_form, takes_json
from service.openapi import BODY, WRITING, problems
from service.routes.answers import LOCATION, KnownPerson, accepted, ok, uploaded
from service.running import of
from service.schemas.jobs import ImportJobAnswer
from service.schemas.people import PersonAnswer, PersonBody, person_fields

router = APIRouter(tags=["people"])


@router.put(
    "/v1/people/{person_id}",
    summary="Store a person",
    dependencies=[Depends(takes_json)],
    response_model=PersonAnswer,
    responses={
        **ok("The person was there, and is now as given.", headers=LOCATION),
        **ok("The person is new.", 201, headers=LOCATION, model=PersonAnswer),
        **problems(*BODY, *WRITING, Slug.ENCODER),
    },
)
def put_person(request: Request, person_id: KnownPerson, given: PersonBody) -> Response:
    """Create or replace a person. The next answer of every process counts with it."""
    person = given.person(person_id)
    created = of(request).recommender.people.put(person)
    return JSONResponse(
        person_fields(person),
        status_code=201 if created else 200,
        headers={"Location": f"/v1/people/{person_id}"},
    )


@router.get(
    "/v1/people/{person_id}",
    summary="Show a person",
    response_model=PersonAnswer,
    responses={**ok("The person."), **problems(Slug.UNKNOWN_PERSON, Slug.INVALID)},
)
def get_person(request: Request, person_id: KnownPerson) -> Response:
    """Return a person with everything they state."""
    return JSONResponse(person_fields(of(request).recommender.people.get(person_id)))


@router.delete(
    "/v1/people/{person_id}",
    summary="Erase a person",
    status_code=204,
    response_class=Response,
    responses={
        **ok("Nothing of the person is left.", 204),
        **problems(*WRITING, Slug.UNKNOWN_PERSON, Slug.INVALID),
    },
)
def erase_person(request: Request, person_id: KnownPerson) -> Response:
    """Erase a person: statements, vectors, pairs, feedback, and every log they are in."""
    of(request).recommender.people.erase(person_id)
    return Response(status_code=204)


@router.post(
    PEOPLE_IMPORT_PATH,
    summary="Import people files",
    status_code=202,
    dependencies=[Depends(takes_form)],
    response_model=ImportJobAnswer,
    responses={
        **ok("The files are here. Ask for the job until it is over.", 202, headers=LOCATION),
        **problems(*BODY, *WRITING, Slug.BUSY),
    },
)
def import_people(
    request: Request,
    files: Annotated[
        list[UploadFile],
        File(
            min_length=1,
            max_length=FORMS.max_csv_files,
            description="One to three CSV files (people, statements, pairs), or one Excel "
            "workbook. The end of a name tells which: .csv, .xlsx.",
        ),
    ],
) -> Response:
    """Start to import people, statements and pairs: everything that the files say, or nothing."""
    parts = of(request)
    job = parts.jobs.submit_files(
        JobKind.IMPORT,
        uploaded(files),
        FORMS,
        lambda paths, progress: asdict(parts.recommender.people.import_files(paths, progress)),
    )
    return accepted(job)
