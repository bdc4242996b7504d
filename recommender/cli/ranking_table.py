"""A ranking as a table for a terminal, in the mentee's language."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from recommender.domain.ranking import Ranking, Recommendation
from recommender.domain.texts import number, text

PAIRS_SHOWN = 2
REASONS_SHOWN = 3


def print_ranking(ranking: Ranking, name: str, console: Console | None = None) -> None:
    """Print who is recommended and why, what nobody covers, and whom each rule kept out."""
    out = console or Console()
    say = ranking.language
    title = text(say, "answer.title", name=name)
    out.print()
    if ranking.recommendations:
        out.print(_table(ranking, title))
    else:
        out.print(escape(title))
        out.print(text(say, "answer.nobody"))
    for goal in ranking.uncovered_goals:
        out.print(escape(text(say, "answer.uncovered", goal=goal)))
    if not ranking.uncovered_goals:
        out.print(text(say, "answer.no_goal_open"))
    counts = {"n_eligible": ranking.n_eligible, "n_people": ranking.n_people}
    out.print(text(say, "answer.eligible", **counts))
    for rule, n_people in ranking.kept_out.items():
        if n_people:
            out.print(f"  {n_people:>6}  {text(say, f'rule.{rule}')}")
    for note in ranking.notes:
        out.print(escape(note), style="italic")


def _table(ranking: Ranking, title: str) -> Table:
    say = ranking.language
    table = Table(title=escape(title), title_justify="left", show_lines=True)
    table.add_column(text(say, "answer.place"), justify="right")
    table.add_column(text(say, "answer.mentor"), min_width=14)
    table.add_column(text(say, "answer.department"), min_width=12)
    table.add_column(text(say, "answer.reasons"), ratio=1)
    for item in ranking.recommendations:
        where = f"{item.department}\n{item.site}"
        table.add_row(str(item.rank), escape(item.name), escape(where), _reasons(item, say))
    return table


def _reasons(item: Recommendation, language: str) -> str:
    """Return the sentence pairs that matter most and the features that speak for a mentor."""
    by_contribution = sorted(item.matches, key=lambda match: -match.contribution)
    covered = [match for match in by_contribution if match.covered][:PAIRS_SHOWN]
    lines = [] if covered else [text(language, "answer.closest")]
    for match in covered or by_contribution[:1]:
        lines.append(
            text(
                language,
                "answer.match",
                goal=match.goal,
                statement=match.statement,
                similarity=number(language, match.similarity, ".2f"),
            )
        )
    lines += [f"• {reason.text}" for reason in item.reasons[:REASONS_SHOWN]]
    return escape("\n".join(lines))
