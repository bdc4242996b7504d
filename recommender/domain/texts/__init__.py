"""Text for people, in one file per language: ``de.toml`` and ``en.toml`` with the same keys."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files

LANGUAGES = ("de", "en")
FALLBACK = "en"


def reading_language(languages: tuple[str, ...]) -> str:
    """Return the first of a person's languages that Tandem speaks; English if there is none."""
    return next((code for code in languages if code in LANGUAGES), FALLBACK)


def text(language: str, key: str, **values: object) -> str:
    """Return the text ``section.name`` in a language with its placeholders filled.

    Raises:
        KeyError: if the language or the key does not exist; both are fixed by the program.
    """
    section, name = key.split(".", 1)
    return _texts(language)[section][name].format(**values)


def language_name(language: str, code: str) -> str:
    """Return what a language is called in another one; its code where we have no word."""
    return _texts(language)["language"].get(code, code)


def number(language: str, value: float, form: str = "g") -> str:
    """Return a number with the decimal mark of a language: 4.5, in German 4,5."""
    return f"{value:{form}}".replace(".", _texts(language)["number"]["decimal_mark"])


@lru_cache(maxsize=len(LANGUAGES))
def _texts(language: str) -> dict[str, dict[str, str]]:
    if language not in LANGUAGES:
        raise KeyError(language)
    source = files(__name__).joinpath(f"{language}.toml").read_text(encoding="utf-8")
    return tomllib.loads(source)
