"""Settings come from the environment, for service and command line; docs/settings.md lists all."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from recommender.domain.errors import EXIT_INVALID, InvalidInput
from recommender.matching import EligibilityRules, RecommenderConfig
from recommender.settings import PREFIX, Settings, read_settings, variables
from tests.recommender.cli.conftest import run

ROOT = Path(__file__).parents[2]


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


def described() -> list[tuple[str, object, str]]:
    rules = dict(re.findall(r"^ +(\w+): (Keep out .+)$", EligibilityRules.__doc__ or "", re.M))
    rows: list[tuple[str, object, str]] = []
    for name, field in Settings.model_fields.items():
        if name == "rules":
            rows += [(f"RULES__{r.upper()}", getattr(field.default, r), rules[r]) for r in rules]
        else:
            rows.append((name.upper(), field.default, field.description or ""))
    return rows


def test_the_table_in_the_documentation_is_the_truth() -> None:
    page = (ROOT / "docs" / "settings.md").read_text("utf-8")
    rows = re.findall(rf"^\| `({PREFIX}[A-Z_]+)` \| `([^`]*)` \| (.+?) \|$", page, re.M)
    assert rows == [(PREFIX + name, shown(value), text) for name, value, text in described()]
    assert [name for name, _, _ in rows] == variables()


def test_the_defaults_are_those_of_the_library() -> None:
    assert Settings().recommender_config() == RecommenderConfig()


def test_every_setting_can_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    values = {
        "WORKSPACE": "/tmp/w",
        "ENCODER": "owner/model",
        "PORT": "0",
        "MAX_BODY_BYTES": "100",
        "PRELOAD_ENCODER": "false",
        "THREADS": "none",
        "RULES__REPORTING_CHAIN": "false",
        "RULES__FREE_CAPACITY": "false",
        "RULES__NOT_PAIRED_BEFORE": "false",
        "RULES__COMMON_LANGUAGE": "false",
        "RULES__MAX_TIME_ZONE_HOURS": "none",
        "COVERAGE": "0.5",
        "N_CANDIDATES": "10",
    }
    assert [PREFIX + name for name in values] == variables()
    for name, value in values.items():
        monkeypatch.setenv(PREFIX + name, value)
    settings = read_settings()
    assert settings.workspace == Path("/tmp/w")
    assert (settings.encoder, settings.port, settings.max_body_bytes) == ("owner/model", 0, 100)
    assert (settings.preload_encoder, settings.threads) == (False, None)
    rules = EligibilityRules(False, False, False, False, None)
    assert settings.recommender_config() == RecommenderConfig(rules, 0.5, 10)


def test_one_rule_leaves_the_others_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_RULES__REPORTING_CHAIN", "false")
    assert read_settings().rules == EligibilityRules(reporting_chain=False)


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_PORT", "")
    assert read_settings().port == 8000


def test_an_option_wins_over_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_PORT", "1")
    assert read_settings(port="2", encoder=None).port == 2


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("TANDEM_PORT", "65536", "TANDEM_PORT: '65536' where less than or equal to 65535"),
        ("TANDEM_PORT", "x", "TANDEM_PORT: 'x' where a valid integer"),
        ("TANDEM_COVERAGE", "2", "coverage: '2.0' where a number from -1 to 1"),
        ("TANDEM_N_CANDIDATES", "0", "n_candidates: '0' where a whole number from 1"),
        ("TANDEM_RULES__FREE_CAPACITY", "maybe", "TANDEM_RULES__FREE_CAPACITY: 'maybe' where"),
        ("TANDEM_RULES__MAX_TIME_ZONE_HOURS", "-1", "TANDEM_RULES: .* max_time_zone_hours: '-1.0'"),
        ("TANDEM_REPORTING_CHAIN", "no", "Perhaps TANDEM_RULES__REPORTING_CHAIN is meant"),
        ("TANDEM_WORKSPCE", "/tmp", "Perhaps TANDEM_WORKSPACE is meant"),
    ],
)
def test_wrong_settings_are_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(InvalidInput, match=message):
        read_settings()
    assert run("cohorts", "list").exit_code == EXIT_INVALID


def test_nothing_else_reads_the_environment() -> None:
    allowed = {Path(inspect.getfile(Settings)).resolve()}
    for folder in ("recommender", "service"):
        for path in (ROOT / folder).rglob("*.py"):
            if path not in allowed:
                assert not re.search(r"os\.environ|getenv", path.read_text("utf-8")), path
