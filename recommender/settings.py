"""Settings: the only place that reads the environment, for the service and the command line alike.

docs/settings.md lists every one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import fields
from difflib import get_close_matches
from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from recommender.app import DEFAULT_WORKSPACE
from recommender.domain.errors import InvalidInput, Problem, quoted
from recommender.matching import EligibilityRules, RecommenderConfig

PREFIX = "TANDEM_"
NESTED = "__"
MIB = 1024 * 1024
_CONFIG = RecommenderConfig()


class Settings(BaseSettings):
    """What an operator may decide; each field is the variable ``TANDEM_<FIELD>``.

    A rule is ``TANDEM_RULES__<RULE>``. An empty variable counts as not set, and the word ``none``
    stands for "no value".
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter=NESTED,
        env_ignore_empty=True,
        env_parse_none_str="none",
        frozen=True,
    )

    workspace: Path = Field(
        default=DEFAULT_WORKSPACE, description="The folder that Tandem writes to."
    )
    encoder: str | None = Field(
        default=None, description="A model folder or a hub id; none for the bundled model."
    )
    port: int = Field(
        default=8000, ge=0, le=65_535, description="Where to listen; 0 takes a free port."
    )
    max_body_bytes: int = Field(
        default=64 * MIB, ge=1, le=512 * MIB, description="Longest import that is accepted."
    )
    preload_encoder: bool = Field(
        default=True, description="Load the encoder at the start, not with the first text."
    )
    threads: int | None = Field(
        default=1,
        ge=1,
        description="Threads for encoder and arithmetic; none for their own choice, which is also "
        "what the command line does unless this is set.",
    )
    rules: EligibilityRules = Field(default=_CONFIG.rules)
    coverage: float | None = Field(
        default=_CONFIG.coverage,
        description="Cosine from which a skill covers a goal; none for the encoder's own.",
    )
    n_candidates: int = Field(
        default=_CONFIG.n_candidates,
        description="How many mentors are kept for ranking, at least.",
    )

    def recommender_config(self) -> RecommenderConfig:
        """Return the part of the settings that the recommender needs."""
        return RecommenderConfig(self.rules, self.coverage, self.n_candidates)


def read_settings(**options: object) -> Settings:
    """Return the settings; an option that is not None wins over its variable.

    Args:
        **options: Fields of :class:`Settings`.

    Raises:
        InvalidInput: with every variable and option that is not as expected, among them variables
            that begin with ``TANDEM_`` and that nothing reads: what seems to be set must be set.
    """
    problems = list(_unread())
    try:
        settings = Settings(**{k: v for k, v in options.items() if v is not None})  # type: ignore[arg-type]
        settings.recommender_config()
    except ValidationError as error:
        for wrong in error.errors():
            names = [str(step) for step in wrong["loc"]]
            variable = PREFIX + NESTED.join(names).upper()
            field = f"--{names[0]}" if options.get(names[0]) is not None else variable
            expected = wrong["msg"].removeprefix("Input should be ")
            problems.append(_problem(field, wrong["input"], expected))
    except InvalidInput as refusal:
        problems += refusal.problems
    if problems:
        raise InvalidInput(problems)
    return settings


def variables() -> list[str]:
    """Return the name of every variable that is read, in the order of the settings."""
    rules = [f"rules{NESTED}{rule.name}" for rule in fields(EligibilityRules)]
    names = [n for field in Settings.model_fields for n in (rules if field == "rules" else [field])]
    return [PREFIX + name.upper() for name in names]


def _unread() -> Iterator[Problem]:
    read = variables()
    for name in sorted(os.environ):
        if name.upper().startswith(PREFIX) and name.upper() not in read:
            close = get_close_matches(name.upper(), read, n=1, cutoff=0.5)
            likely = f"Perhaps {close[0]} is meant" if close else "Unset it"
            yield Problem(name, "set", "a variable that Tandem reads", f"{likely}; {_SEE}")


def _problem(field: str, value: object, expected: str) -> Problem:
    return Problem(field, quoted(value), expected, f"Correct it; {_SEE}")


_SEE = "docs/settings.md lists every one."
