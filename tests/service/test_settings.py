"""Settings come from the environment, and docs/http-api.md lists them all."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from recommender.matching.answering import RecommenderConfig
from recommender.matching.eligibility import EligibilityRules
from service.settings import ENV_PREFIX, Settings

DOCS = Path(__file__).parents[2] / "docs" / "http-api.md"


def shown(value: object) -> str:
    match value:
        case None:
            return "none"
        case bool():
            return str(value).lower()
        case float():
            return f"{value:g}"
        case _:
            return str(value)


def test_the_table_in_the_documentation_is_the_truth() -> None:
    rows = re.findall(
        rf"^\| `({ENV_PREFIX}[A-Z_]+)` \| `([^`]*)` \| (.+?) \|$", DOCS.read_text("utf-8"), re.M
    )
    assert rows == [
        (f"{ENV_PREFIX}{name.upper()}", shown(field.default), field.description)
        for name, field in Settings.model_fields.items()
    ]


def test_the_defaults_are_those_of_the_library() -> None:
    assert Settings().recommender_config() == RecommenderConfig()


def test_every_setting_can_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {
        "WORKSPACE": "/tmp/w",
        "ENCODER": "owner/model",
        "PORT": "0",
        "MAX_BODY_BYTES": "100",
        "PRELOAD_ENCODER": "false",
        "THREADS": "none",
        "REPORTING_CHAIN": "false",
        "FREE_CAPACITY": "false",
        "NOT_PAIRED_BEFORE": "false",
        "COMMON_LANGUAGE": "false",
        "MAX_TIME_ZONE_HOURS": "none",
        "COVERAGE": "0.5",
        "N_CANDIDATES": "10",
    }
    assert {name.upper() for name in Settings.model_fields} == set(given)
    for name, value in given.items():
        monkeypatch.setenv(ENV_PREFIX + name, value)
    settings = Settings()
    assert settings.workspace == Path("/tmp/w")
    assert (settings.encoder, settings.port, settings.max_body_bytes) == ("owner/model", 0, 100)
    assert (settings.preload_encoder, settings.threads) == (False, None)
    rules = EligibilityRules(False, False, False, False, None)
    assert settings.recommender_config() == RecommenderConfig(rules, 0.5, 10)


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_PORT", "")
    assert Settings().port == 8000


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "65536"), ("PORT", "x"), ("COVERAGE", "2"), ("N_CANDIDATES", "0")],
)
def test_wrong_settings_are_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(ENV_PREFIX + name, value)
    with pytest.raises(ValidationError):
        Settings()


def test_nothing_else_reads_the_environment() -> None:
    service = Path(__file__).parents[2] / "service"
    for path in service.rglob("*.py"):
        if path.name != "settings.py":
            assert not re.search(r"os\.environ|getenv", path.read_text("utf-8")), path.name
