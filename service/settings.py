"""Settings: the only place that reads the environment. docs/http-api.md lists every one."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from recommender.app import DEFAULT_WORKSPACE
from recommender.matching import EligibilityRules, RecommenderConfig

ENV_PREFIX = "TANDEM_"
MIB = 1024 * 1024
_RULES = EligibilityRules()
_CONFIG = RecommenderConfig()


class Settings(BaseSettings):
    """What an operator may decide; each field is the variable ``TANDEM_<FIELD>``.

    An empty variable counts as not set, and the word ``none`` stands for "no value".
    """

    model_config = SettingsConfigDict(
        env_prefix=ENV_PREFIX, env_ignore_empty=True, env_parse_none_str="none", frozen=True
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
        description="Threads for encoder and arithmetic; none for their own choice.",
    )
    reporting_chain: bool = Field(
        default=_RULES.reporting_chain,
        description="Keep out who is above or below in the reporting lines.",
    )
    free_capacity: bool = Field(
        default=_RULES.free_capacity, description="Keep out mentors without a free place."
    )
    not_paired_before: bool = Field(
        default=_RULES.not_paired_before,
        description="Keep out who is or was paired with the mentee.",
    )
    common_language: bool = Field(
        default=_RULES.common_language, description="Keep out mentors with no language in common."
    )
    max_time_zone_hours: float | None = Field(
        default=_RULES.max_time_zone_hours,
        ge=0,
        description="Keep out mentors whose clock is further away; none for no limit.",
    )
    coverage: float | None = Field(
        default=_CONFIG.coverage,
        ge=-1,
        le=1,
        description="Cosine from which a skill covers a goal; none for the encoder's own.",
    )
    n_candidates: int = Field(
        default=_CONFIG.n_candidates,
        ge=1,
        description="How many mentors are kept for ranking, at least.",
    )

    def recommender_config(self) -> RecommenderConfig:
        """Return the part of the settings that the recommender needs."""
        return RecommenderConfig(
            rules=EligibilityRules(
                reporting_chain=self.reporting_chain,
                free_capacity=self.free_capacity,
                not_paired_before=self.not_paired_before,
                common_language=self.common_language,
                max_time_zone_hours=self.max_time_zone_hours,
            ),
            coverage=self.coverage,
            n_candidates=self.n_candidates,
        )
