"""Gaps as tables for a terminal: a person's own, and the organisation's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

import polars as pl
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from recommender.domain.disclosure import FEWEST
from recommender.domain.people import MAX_LEVEL
from recommender.domain.texts import text
from recommender.skills.own import Gap, LinkedConcept, LinkedStatement, PersonGaps
from recommender.skills.picture import OrganisationGaps, area_name, concept_names

WITHHELD = "–"
MOST_ROWS = 10
AREA_COUNTS = ("want", "can_teach", "free_places")

Say = Callable[..., str]


def print_own_gaps(
    gaps: PersonGaps, name: str, language: str, console: Console | None = None
) -> None:
    """Print what a person wants to know, how far they are, and what their own words are about.

    Args:
        gaps: Their gaps, for them alone.
        name: Theirs.
        language: "de" or "en".
        console: Where to print; standard output if not given.
    """
    out, say = console or Console(), partial(_said, language)
    out.print(escape(say("own_title", name=name)), style="bold")
    out.print(say("for_you"))
    if gaps.gaps:
        rows = [_own_row(gap, language) for gap in gaps.gaps]
        heads = [say(key) for key in ("wish", "now", "wanted", "way", "helpers", "source")]
        out.print(_table(heads, rows))
        out.print(say("scale", most=MAX_LEVEL))
    else:
        out.print(say("no_wish"))
    if gaps.statements:
        words = [_words_row(statement, language) for statement in gaps.statements]
        heads = [say(key) for key in ("in_own_words", "about", "said_by")]
        out.print("\n" + say("about_title"), style="bold")
        out.print(_table(heads, words))
    if any(s.suggestions and not (s.concepts or s.corrected) for s in gaps.statements):
        out.print(say("suggestions_wait"))


def print_own_links(
    statements: Sequence[LinkedStatement], language: str, console: Console | None = None
) -> None:
    """Print what a person's own statements are about, and what else to choose from, by id.

    Args:
        statements: Theirs, for them alone.
        language: "de" or "en".
        console: Where to print; standard output if not given.
    """
    out, say = console or Console(), partial(_said, language)
    out.print(say("for_you"))
    if not statements:
        out.print(say("nothing_said"))
        return
    for statement in statements:
        out.print(f"\n{escape(statement.text)}", style="bold", soft_wrap=True)
        outside = () if statement.concepts else (say("outside"),)
        for head, lines in (
            ("about", (*_named(statement.concepts, language), *outside)),
            ("suggested", _named(statement.suggestions, language)),
        ):
            if lines:
                out.print(f"  {say(head)}:")
            for line in lines:
                # No line breaks: text and id are there to be copied.
                out.print(f"    {escape(line)}", soft_wrap=True)


def print_organisation_gaps(
    gaps: OrganisationGaps, language: str, console: Console | None = None
) -> None:
    """Print what is most wanted and least taught, each area, hidden experts and new topics.

    Args:
        gaps: The picture.
        language: "de" or "en".
        console: Where to print; standard output if not given.
    """
    out, say = console or Console(), partial(_said, language)
    names = concept_names(gaps, language)
    if gaps.people is None:
        out.print(say("few_people", fewest=FEWEST))
    else:
        out.print(say("people", n=gaps.people))
    narrow = [
        (names[row["concept"]], row[f"sentence_{language}"])
        for row in gaps.bottlenecks.head(MOST_ROWS).to_dicts()
    ]
    areas = gaps.areas.sort("want", descending=True, nulls_last=True, maintain_order=True)
    supply = [
        (area_name(language, row["area"]), *(_shown(row[key]) for key in AREA_COUNTS))
        for row in areas.to_dicts()
    ]
    known = gaps.concepts.filter(pl.col("hidden_experts").is_not_null())
    known = known.sort("hidden_experts", descending=True, maintain_order=True).head(MOST_ROWS)
    experts = [(names[row["concept"]], str(row["hidden_experts"])) for row in known.to_dicts()]
    topics = [
        (", ".join(row["words"]), str(row["people"]))
        for row in gaps.topics.head(MOST_ROWS).to_dicts()
    ]
    for title, heads, rows in (
        ("bottlenecks", ("concept", "sentence"), narrow),
        ("areas", ("area", *AREA_COUNTS), supply),
        ("experts", ("concept", "hidden_experts"), experts),
        ("topics", ("words", "speakers"), topics),
    ):
        out.print("\n" + say(title), style="bold")
        out.print(_table([say(head) for head in heads], rows) if rows else say("none"))
    out.print("\n" + say("withheld", sign=WITHHELD, fewest=FEWEST))


def _own_row(gap: Gap, language: str) -> Sequence[str]:
    say = partial(_said, language)
    wish = gap.label[language] if gap.label else gap.goal or ""
    return (
        wish,
        str(gap.present) if gap.present else say("at_the_start"),
        str(gap.wanted),
        _counted(say, gap.distance, "reached", "one_step", "steps"),
        _counted(say, gap.n_mentors, "nobody_yet", "one_person", "some_people"),
        say(f"from_{gap.source}"),
    )


def _words_row(statement: LinkedStatement, language: str) -> Sequence[str]:
    say = partial(_said, language)
    about = ", ".join(concept.label[language] for concept in statement.concepts)
    return (
        statement.text,
        about or say("outside"),
        say("said_themselves" if statement.corrected else "recognised"),
    )


def _named(concepts: Iterable[LinkedConcept], language: str) -> list[str]:
    return [f"{concept.id}  {concept.label[language]}" for concept in concepts]


def _counted(say: Say, n: int, none: str, one: str, many: str) -> str:
    return say(none) if n == 0 else say(one) if n == 1 else say(many, n=n)


def _shown(number: int | None) -> str:
    return WITHHELD if number is None else str(number)


def _said(language: str, key: str, **values: object) -> str:
    return text(language, f"gaps.{key}", **values)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    table = Table(*heads)
    for row in rows:
        table.add_row(*map(escape, row))
    return table
