"""The command line with an encoder that needs no model; ``missing/model`` cannot be opened."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner, Result

from recommender import app as pipeline
from recommender.cli import app
from recommender.domain.errors import EncoderUnavailable
from recommender.encoding import encoder
from tests.conftest import HashEncoder


def run(*arguments: object, **environment: str) -> Result:
    """Run ``tandem`` with these arguments; a traceback fails the test."""
    result = CliRunner().invoke(app, list(map(str, arguments)), env=environment)
    assert "Traceback" not in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def done(*arguments: object, **environment: str) -> str:
    """Run ``tandem``, see that it is done, and return what it prints on standard output."""
    result = run(*arguments, **environment)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture(autouse=True)
def _hash_encoder(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    def open_encoder(name: str | None = None, threads: int | None = None) -> HashEncoder:
        if name == "missing/model":
            raise EncoderUnavailable("no such model")
        return HashEncoder()

    if request.node.get_closest_marker("encoder") is None:
        monkeypatch.setattr(pipeline, "open_encoder", open_encoder)
        monkeypatch.setattr(encoder, "open_encoder", open_encoder)
