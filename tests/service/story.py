"""What is answered to the examples of requests: recorded for /openapi.json, and compared.

``python -m tests.service.story`` records the answers, when they are meant to change.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from starlette.testclient import TestClient

from recommender.app import Recommender
from recommender.domain.people import Kind, Roles
from recommender.files.people.file import PEOPLE as PEOPLE_TABLE
from recommender.settings import Settings
from recommender.skills.knowledge import Knowledge
from recommender.skills.linking.linker import ConceptLinker
from recommender.skills.role_profiles import Expectation
from recommender.store import Store
from service.app import create_app
from service.document import EXAMPLES
from tests.conftest import HashEncoder, goal, person, skill
from tests.recommender.skills.knowledge_world import PROFILE, WordLinker, concept
from tests.service import examples
from tests.service.conftest import BASE_URL, release, until_over

NOW = datetime(2026, 9, 7, 8, tzinfo=UTC)
OF_THE_MOMENT = {
    "ranking_id": "0b0c2b8e-7a4e-4c0f-b6d5-1f1f5f8f7f10",
    **dict.fromkeys(
        ("created_at", "updated_at", "given_at", "replaced_at"), "2026-09-07T08:00:00Z"
    ),
}
"""What differs from time to time is recorded as if it did not."""
PARAMETERS = {
    "person_id": examples.PERSON_ID,
    "cohort_id": examples.COHORT_ID,
    "version": examples.RANKER_VERSION,
    "job_id": examples.JOB_ID,
}
WORKFLOWS, MAINTENANCE = examples.CONCEPT_IDS
CATALOGUE = {
    WORKFLOWS: ("automatisch", "Workflow-Automatisierung", "Workflow automation"),
    "automation.document_generation": ("erstellen", "Dokumente erzeugen", "Document generation"),
    MAINTENANCE: ("wartung", "Vorausschauende Instandhaltung", "Predictive maintenance"),
}
PEOPLE = ",".join(PEOPLE_TABLE.columns) + "\n"
MORE = "t.okafor,Tunde Okafor,Sales,Mannheim,3,,en,Europe/Berlin,mentor,1,2,active\n"
FEEDBACK = "cohort,mentor_id,mentee_id,side,kind,value,session,goal,given_at\n"
AGAIN = "2026-autumn,a.byrne,m.keller,mentor,again,yes,,,2026-11-30\n"


class Story:
    """Sends requests by the names of their operations, and keeps what is answered."""

    def __init__(self, client: TestClient, recommender: Recommender) -> None:
        self.client = client
        self.recommender = recommender
        self.answers: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
        paths = create_app(Settings()).openapi()["paths"]
        self._operations = {
            operation["operationId"]: (method, path)
            for path, methods in paths.items()
            for method, operation in methods.items()
        }

    def send(self, operation: str, example: str, **ids: str) -> Any:  # noqa: ANN401 - httpx's
        """Send the example of a request, and keep the answer under the same name."""
        method, path = self._operations[operation]
        body = examples.BODIES.get(operation, {}).get(example)
        response = self.client.request(method, path.format(**{**PARAMETERS, **ids}), json=body)
        return self._keep(operation, example, response)

    def job(self, example: str, response: Any) -> None:  # noqa: ANN401 - httpx's
        """Keep how a job ends."""
        location = response.headers["location"]
        until_over(self.client, location)
        self._keep("get_job", example, self.client.get(location))

    def send_files(self, operation: str, example: str, name: str, content: str) -> Any:  # noqa: ANN401
        """Send a file, and keep the answer."""
        path = self._operations[operation][1]
        response = self.client.post(path, files=[("files", (name, content.encode()))])
        return self._keep(operation, example, response)

    def _keep(self, operation: str, example: str, response: Any) -> Any:  # noqa: ANN401 - httpx's
        assert response.is_success, f"{operation} {example}: {response.text}"
        if response.headers["content-type"] == "application/json":
            answer = json.loads(response.text, parse_float=_rounded, object_hook=_fixed)
            if "step" in answer:
                answer["id"] = examples.JOB_ID
            if response.status_code == 202:  # the worker may have begun
                answer |= {"status": "waiting", "step": "waiting"}
        else:
            answer = "\n".join(response.text.splitlines()[:3]) + "\n"
        self.answers[operation].setdefault(str(response.status_code), {})[example] = answer
        return response


def answers(workspace: Path) -> dict[str, Any]:
    """Return every answer by operation, status and name of the example."""
    with _opened(workspace) as story:
        story.send("put_person", "mentor", person_id=examples.MENTOR_ID)
        story.send("put_person", "mentee")
        story.send("put_person", "mentee")
        story.send("get_person", "mentee")
        story.send("recommend", "stored_mentee")
        story.send("recommend", "goals_as_text")
        _tell_gaps(story)
        _report_feedback(story)
        _rank(story)
        _import(story)
        for operation in ("alive", "ready", "metrics"):
            story.send(operation, operation)
        _draw_picture(story)
        return dict(story.answers)


@contextmanager
def _opened(workspace: Path) -> Iterator[Story]:
    encoder = HashEncoder()
    recommender = Recommender(Store.in_folder(workspace), lambda: encoder, workspace)
    recommender.clock = lambda: NOW
    recommender.gaps.knowledge = _knowledge()
    app = create_app(Settings(workspace=workspace, preload_encoder=False), recommender)
    with recommender, TestClient(app, base_url=BASE_URL) as client:
        yield Story(client, recommender)


def _rounded(text: str) -> float:
    """Return a number without the digits that processors do not agree on."""
    return round(float(text), 4)


def _fixed(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value if value is None else OF_THE_MOMENT.get(name, value)
        for name, value in values.items()
    }


def _knowledge() -> Knowledge:
    concepts = [
        replace(concept(name), label={"de": german, "en": english})
        for name, (_, german, english) in CATALOGUE.items()
    ]
    linker = WordLinker(tuple(CATALOGUE), {name: word for name, (word, *_) in CATALOGUE.items()})
    profile = replace(PROFILE, expectations=(Expectation(MAINTENANCE, 2),))
    return Knowledge(concepts, [profile], cast("ConceptLinker", linker))


def _tell_gaps(story: Story) -> None:
    story.send("get_role_profiles", "one_profile")
    story.send("get_concepts", "three_concepts")
    story.send("choose_role_profile", "taken_back")
    story.send("choose_role_profile", "chosen")
    story.send("get_own_gaps", "mentee")
    story.send("correct_link", "none")
    story.send("correct_link", "two_concepts")


def _report_feedback(story: Story) -> None:
    for _ in range(2):
        story.send("put_cohort", "autumn")
    story.send("get_cohorts", "one_cohort")
    story.send("post_feedback", "one_pair")
    story.send("get_feedback", "own")


def _rank(story: Story) -> None:
    story.job("retraining", story.send("retrain", "one_cohort"))
    until_over(story.client, story.send("retrain", "newest_with_groups").headers["location"])
    release(story.recommender, examples.RANKER_VERSION)
    story.send("activate_ranker", "promoted")
    story.send("get_rankers", "one_ranker")
    story.send("get_ranker", "promoted")
    story.send("get_card", "card")
    story.send("activate_ranker", "not_promoted")
    for example in ("earlier", "affinity_order"):
        story.send("roll_back_ranker", example)


def _import(story: Story) -> None:
    files = (PEOPLE + MORE, PEOPLE + MORE.replace(",3,", ",high,"))
    for example, content in zip(("import", "import_failed"), files, strict=True):
        sent = story.send_files("import_people", "waiting", "people.csv", content)
        story.job(example, sent)
    sent = story.send_files("import_feedback", "waiting", "feedback.csv", FEEDBACK + AGAIN)
    story.job("feedback", sent)


def _draw_picture(story: Story) -> None:
    stated = [
        *[goal("automatisch rechnen")] * 14,
        *[goal("vorlagen erstellen")] * 8,
        *[skill("automatisch filtern", 3)] * 6,
        *[skill("folien erstellen", 5)] * 6,
        *[goal("drohnen fliegen")] * 6,
    ]
    for number, statement in enumerate(stated):
        department = "Logistics" if number % 2 else "Sales"
        roles = Roles.MENTEE if statement.kind is Kind.GOAL else Roles.BOTH
        story.recommender.people.put(
            person(f"p{number}", statement, department=department, roles=roles)
        )
    story.send("get_gaps", "in_english")


def record(workspace: Path) -> None:
    """Write the examples, those of one operation on each line."""
    sections: dict[str, dict[str, Any]] = {
        "parameters": PARAMETERS,
        "bodies": examples.BODIES,
        "answers": answers(workspace),
    }
    texts = []
    for section, entries in sections.items():
        lines = [f"  {json.dumps(k)}: {_json(value)}" for k, value in entries.items()]
        texts.append(f"{json.dumps(section)}: {{\n" + ",\n".join(lines) + "\n}")
    EXAMPLES.write_text("{\n" + ",\n".join(texts) + "\n}\n", "utf-8")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        record(Path(folder))
