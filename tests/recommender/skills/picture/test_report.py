"""The page for HR: complete, readable by everybody, and silent about what is withheld."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from recommender.domain.errors import InvalidInput
from recommender.domain.texts import LANGUAGES, text
from recommender.skills.picture.organisation import TOPICS, OrganisationGaps, picture, snapshot
from recommender.skills.picture.report import report_page, write_report
from recommender.skills.picture.sentences import area_name, five_sentences
from tests.recommender.skills.picture.organisation_world import (
    catalogue,
    material,
    picture_of,
    somebody,
)

FLOWS, MACROS, CLIPS, CUTS = "automation.flows", "automation.macros", "media.clips", "media.cuts"
NAMES = [FLOWS, MACROS, CLIPS, CUTS]
N_PEOPLE = 60
DAY = date(2026, 11, 3)
VOID = {"meta", "rect"}
WITHHELD = {"de": "– zurückgehalten", "en": "– withheld"}


def wishes() -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """40 want flows, 12 macros, 14 clips, 7 cuts; 46 any of the first two, 21 of the last two."""
    wants = np.zeros((N_PEOPLE, len(NAMES)), dtype=np.bool_)
    for column, who in enumerate((range(40), range(34, 46), range(40, 54), range(33, 40))):
        wants[list(who), column] = True
    return wants


def skills() -> np.ndarray[tuple[int, int], np.dtype[np.int8]]:
    """Ten mentors teach flows, ten macros, five both; ten without a place are good at clips."""
    level = np.zeros((N_PEOPLE, len(NAMES)), dtype=np.int8)
    level[44:54, 0] = 3
    level[49:59, 1] = 4
    level[10:20, 2] = 5
    return level


def invented(first_department: str = "IT", departments: int = 3) -> OrganisationGaps:
    people = [
        somebody(
            i,
            first_department if i % departments == 0 else f"Department {i % departments}",
            "Bonn" if i % 2 else "Kassel",
            mentors=i >= 30,
        )
        for i in range(N_PEOPLE)
    ]
    topics = pl.DataFrame([(1, ["quantum", "Rechner"], 9)], schema=TOPICS, orient="row")
    gaps = picture(material(people, wishes(), skills()), catalogue(NAMES))
    before = {counted: dict(of) for counted, of in snapshot(gaps).items()}
    before["want"][FLOWS] -= 11
    before["want_area"]["media"] += 6
    gaps = picture(material(people, wishes(), skills()), catalogue(NAMES), before)
    return replace(gaps, topics=topics)


def empty() -> OrganisationGaps:
    return picture_of([], NAMES, np.zeros((0, len(NAMES)), dtype=np.bool_))


def secretive() -> OrganisationGaps:
    """Ten people of whom nobody wants or knows anything."""
    people = [somebody(i) for i in range(10)]
    return picture_of(people, NAMES, np.zeros((10, len(NAMES)), dtype=np.bool_))


class Page(HTMLParser):
    """A parsed page; a tag that is not closed in order is an error."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.pieces: list[tuple[str, str]] = []
        """Every piece of text with its path of tags and classes."""
        self.tables: dict[str, list[list[str]]] = {}
        self._open: list[tuple[str, str]] = []
        self.feed(page)
        self.close()
        assert self._open == []

    @property
    def words(self) -> str:
        return " ".join(words for where, words in self.pieces if "style" not in where)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append((tag, dict(attrs).get("class") or ""))
        if tag == "tr" and self.tables:
            self.tables[self._caption].append([])
        if tag in ("td", "th"):
            self.tables[self._caption][-1].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        words = re.sub(r"[ \n]+", " ", data).strip(" \n")
        if not words:
            return
        tags = [tag for tag, _ in self._open]
        self.pieces.append((" ".join(f"{tag}.{kind}" for tag, kind in self._open), words))
        if "caption" in tags:
            self._caption = words
            self.tables[words] = []
        elif ("td" in tags or "th" in tags) and "svg" not in tags:
            cells = self.tables[self._caption][-1]
            cells[-1] = f"{cells[-1]} {words}".strip()

    def texts_of(self, tag: str) -> list[str]:
        return [words for where, words in self.pieces if where.split()[-1].startswith(f"{tag}.")]


@pytest.fixture(scope="module")
def gaps() -> OrganisationGaps:
    return invented()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("picture", [invented(), empty(), secretive()])
def test_page_is_whole_loads_nothing_and_prints_no_missing_value(
    picture: OrganisationGaps, language: str
) -> None:
    page = report_page(picture, language, DAY)
    parsed = Page(page)
    assert dict(parsed.tags)["html"] == {"lang": language}
    assert not re.search(r"https?:|//|url\(|@import", page)
    assert {"script", "link", "img", "iframe", "a", "base"}.isdisjoint(
        tag for tag, _ in parsed.tags
    )
    assert not [attr for _, attrs in parsed.tags for attr in attrs if attr in ("src", "href")]
    assert not re.search(r"\b(none|null|nan|undefined)\b", parsed.words, re.IGNORECASE)
    assert "{" not in parsed.words


@pytest.mark.parametrize("language", LANGUAGES)
def test_same_picture_gives_same_bytes(
    gaps: OrganisationGaps, language: str, tmp_path: Path
) -> None:
    paths = [tmp_path / "first.html", tmp_path / "second.html"]
    paths[1].write_text("of last year")
    for path in paths:
        write_report(invented() if path is paths[0] else gaps, language, path, DAY)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert paths[0].read_text(encoding="utf-8") == report_page(gaps, language, DAY)
    assert sorted(tmp_path.iterdir()) == paths


def test_a_folder_that_does_not_exist_is_told(gaps: OrganisationGaps, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        write_report(gaps, "en", tmp_path / "nowhere" / "page.html")


def test_both_languages_tell_the_same_numbers(gaps: OrganisationGaps) -> None:
    german, english = (Page(report_page(gaps, code, DAY)).words for code in LANGUAGES)
    assert Counter(re.findall(r"\d+", german)) == Counter(re.findall(r"\d+", english))


@pytest.mark.parametrize("language", LANGUAGES)
def test_tables_hold_the_published_numbers_and_a_dash_for_the_rest(
    gaps: OrganisationGaps, language: str
) -> None:
    tables = Page(report_page(gaps, language)).tables
    columns = ["want", "can_teach", "free_places", "coverage", "hidden_experts"]
    percent = "\u00a0%" if language == "de" else "%"

    def cells_of(row: dict[str, float | None]) -> list[str]:
        cells = []
        for name in columns:
            value = row[name]
            number = f"{100 * value:.0f}{percent}" if name == "coverage" and value else f"{value}"
            cells.append(WITHHELD[language] if value is None else number)
        return cells

    areas = tables[text(language, "report.areas_caption")][1:]
    expected = gaps.areas.sort("want", descending=True, nulls_last=True).to_dicts()
    assert [row[2:] for row in areas] == [cells_of(row) for row in expected]
    assert any(WITHHELD[language] in row for row in areas)
    concepts = tables[text(language, "report.concepts_caption", n_concepts=20)][1:]
    rows = gaps.concepts.drop_nulls("want").sort("want", descending=True).to_dicts()
    assert [row[1:] for row in concepts] == [cells_of(row) for row in rows]
    assert concepts[0] == [
        f"{FLOWS} ({language}) {area_name(language, 'automation')}",
        "40", "10", "10", f"25{percent}", WITHHELD[language],
    ]  # fmt: skip


@pytest.mark.parametrize("group", ["department", "site"])
@pytest.mark.parametrize("counted", ["want", "can_teach"])
def test_heat_maps_hold_every_shown_number(
    gaps: OrganisationGaps, group: str, counted: str
) -> None:
    page = Page(report_page(gaps, "en"))
    table = getattr(gaps, f"areas_by_{group}")
    cells = {(row[group], row["area"]): row[counted] for row in table.to_dicts()}
    printed = page.tables.get(text("en", f"report.{group}_{counted}"), [["Area"]])
    numbers = {
        (name.rsplit(" ", 1)[0], row[0]): None if cell == WITHHELD["en"] else int(cell)
        for row in printed[1:]
        for name, cell in zip(printed[0][1:], row[1:], strict=True)
    }
    named = {(name, area_name("en", area)): n for (name, area), n in cells.items()}
    assert numbers.items() <= named.items()
    assert {key for key, n in named.items() if n is not None} <= numbers.keys()


def test_no_cell_of_any_table_is_zero_or_under_five(gaps: OrganisationGaps) -> None:
    for table in Page(report_page(gaps, "en")).tables.values():
        numbers = [int(cell) for row in table for cell in row if cell.isdigit()]
        assert min(numbers, default=5) >= 5


def test_withheld_cells_look_and_read_as_such(gaps: OrganisationGaps) -> None:
    page = Page(report_page(gaps, "de"))
    dashes = [where for where, words in page.pieces if words == "–" and " svg." not in where]
    assert dashes
    assert all(where.endswith("td.withheld") for where in dashes)
    assert page.texts_of("span").count("zurückgehalten") == len(dashes)


def test_what_stands_out_is_told_in_five_sentences(gaps: OrganisationGaps) -> None:
    assert five_sentences(gaps, "en") == (
        "Most in demand is “Automation”: 46 people want to learn something there.",
        f"The tightest bottleneck is “{CLIPS} (en)”: 14 want it, fewer than 5 can teach it.",
        "There are hidden experts in “media”: 10 people put themselves at level 4 or above there "
        "and offer no place yet.",
        "Free places are scarcest in “Automation”: 15 for 46 people.",
        "One topic is new to the catalogue: 9 people speak of it, often in the words "
        "quantum, Rechner.",
    )
    assert set(five_sentences(gaps, "de")) <= set(Page(report_page(gaps, "de")).texts_of("li"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_claim_nothing_where_all_is_withheld(language: str) -> None:
    keys = ("no_wanted", "no_bottleneck", "no_hidden", "no_room", "no_topic")
    expected = tuple(text(language, f"report.{key}") for key in keys)
    assert five_sentences(secretive(), language) == expected


def test_places_for_everybody_are_no_scarcity() -> None:
    people = [somebody(i, free_places=3) for i in range(30)]
    wants = np.zeros((30, 1), dtype=np.bool_)
    wants[:10] = True
    level = np.where(np.arange(30)[:, None] >= 20, 4, 0).astype(np.int8)
    sentences = five_sentences(picture_of(people, [FLOWS], wants, level), "en")
    assert sentences[3] == text("en", "report.room_for_all")


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_organisation_is_told_so_kindly(language: str) -> None:
    page = Page(report_page(empty(), language))
    assert text(language, "report.empty", fewest=5) in page.words
    assert page.tables == {}
    assert [tag for tag, _ in page.tags if tag == "h2"] == ["h2", "h2"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_sections_come_in_order_and_can_be_found_without_eyes(
    gaps: OrganisationGaps, language: str
) -> None:
    page = Page(report_page(gaps, language))
    keys = ("what", "five", "areas", "department", "concepts", "site", "topics", "trends", "how")
    assert page.texts_of("h2") == [text(language, f"report.{key}_heading") for key in keys]
    assert [tag for tag, _ in page.tags].count("h1") == 1
    assert len(page.tables) == sum(tag == "table" for tag, _ in page.tags)
    assert all("scope" in attrs for tag, attrs in page.tags if tag == "th")
    assert all(attrs["aria-label"] for tag, attrs in page.tags if tag == "svg")


def test_text_can_be_read_on_every_shade(gaps: OrganisationGaps) -> None:
    page = report_page(gaps, "en")
    backgrounds = re.findall(r"\.shade\d \{ background: (#\w{6});", page)
    assert len(backgrounds) == 5
    brightness = [_luminance(colour) for colour in backgrounds]
    assert sorted(brightness, reverse=True) == brightness
    assert min((light + 0.05) / (_luminance("#1a1a1a") + 0.05) for light in brightness) >= 4.5


def _luminance(color: str) -> float:
    """Return the relative luminance of an sRGB colour. Source: WCAG 2.2."""
    channels = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def test_bars_are_as_long_as_their_numbers(gaps: OrganisationGaps) -> None:
    page = Page(report_page(gaps, "en"))
    width = [float(attrs["width"] or 0) for tag, attrs in page.tags if tag == "rect"]
    counts = gaps.areas.sort("want", descending=True).select("want", "can_teach").rows()
    shown = [n for row in counts for n in row if n is not None]
    assert width == pytest.approx([158 * n / 46 for n in shown], abs=0.06)


def test_changes_are_told_with_their_direction(gaps: OrganisationGaps) -> None:
    rows = Page(report_page(gaps, "en")).tables[text("en", "report.trends_caption", n_trends=20)]
    assert rows[1:] == [
        [f"{FLOWS} (en)", "want to learn", "+11"],
        ["media Area", "want to learn", "−6"],
    ]
    without = replace(gaps, trends=gaps.trends.clear())
    assert text("en", "report.trends_heading") not in report_page(without, "en")


def test_names_from_the_organisation_are_shown_as_they_are_and_never_run() -> None:
    name = "<script>alert(1)</script> {{ 7 * 7 }} & {n}"
    page = Page(report_page(invented(name), "en"))
    assert "script" not in [tag for tag, _ in page.tags]
    assert name in page.texts_of("span")


def test_many_departments_are_told_in_parts(gaps: OrganisationGaps) -> None:
    groups = [
        pl.DataFrame(
            {"department": f"D{i:02}", "people": 20, "area": "media", "want": 6 + i, "can_teach": 5}
        )
        for i in range(12)
    ]
    many = replace(
        gaps, areas=gaps.areas.filter(area="media"), areas_by_department=pl.concat(groups)
    )
    tables = Page(report_page(many, "en")).tables
    parts = [tables[f"{text('en', 'report.department_want')}, part {i} of 2"] for i in (1, 2)]
    assert [row[1:] for part in parts for row in part[1:]] == [
        [str(6 + i) for i in range(6)],
        [str(6 + i) for i in range(6, 12)],
    ]


def test_the_largest_share_is_darkest_whatever_the_size_of_the_group(
    gaps: OrganisationGaps,
) -> None:
    rows = [("large", 100, "media", 20, None), ("small", 10, "media", 5, None)]
    schema = gaps.areas_by_department.schema
    table = pl.DataFrame(rows, schema=schema, orient="row")
    changed = replace(gaps, areas=gaps.areas.filter(area="media"), areas_by_department=table)
    page = report_page(changed, "en")
    shades = re.findall(
        r'class="shade(\d)">(\d+)', page.split("By department")[1].split("By site")[0]
    )
    assert shades == [("2", "20"), ("5", "5")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_area_of_the_catalogue_has_a_name(language: str) -> None:
    folder = Path(__file__).parents[4] / "data" / "catalogue"
    areas = [path.stem for path in folder.glob("*.yaml")]
    assert len(areas) > 20
    assert [area for area in areas if area_name(language, area) == area] == []
    assert area_name(language, "beekeeping") == "beekeeping"
