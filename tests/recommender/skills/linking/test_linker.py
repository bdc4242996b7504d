"""Statements to concepts, in a small world where each concept has words of its own."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from recommender.domain.errors import ArtefactRefused, InvalidInput
from recommender.encoding.encoder import open_encoder
from recommender.skills.catalogue import Concept, read_catalogue
from recommender.skills.linking.learning.building import IN_WORKSPACE, build_linker, open_linker
from recommender.skills.linking.learning.card import linker_card
from recommender.skills.linking.learning.material import material
from recommender.skills.linking.learning.measuring import Judged
from recommender.skills.linking.learning.sources import (
    LEARN,
    MEASURE,
    OFF_TOPIC,
    PLAIN,
    Plain,
    Statements,
    catalogue_digest,
    read_statements,
)
from recommender.skills.linking.learning.trial import Trial
from recommender.skills.linking.linker import (
    CHUNK,
    MOST,
    WEIGHTS,
    ConceptLinker,
    calibrated,
    read_linker,
    shares,
    write_linker,
)
from recommender.store.shipped import shipped
from tests.benchmarks.linking import external_check, reader_check
from tests.conftest import HashEncoder

NAMES = ("apple", "birch", "cedar", "daisy", "elder", "fern", "grape", "hazel", "iris", "jasmine")
N_SENTENCES = {"goals": 9, "messy_goals": 6, "skills": 9}


def sentences(name: str, kind: str, language: str) -> list[str]:
    """Each has two of the concept's six words, and one that nobody else says."""
    return [
        f"{name}{n % 3} {name}{3 + n // 3 % 3} {kind}{language}{name}{n}"
        for n in range(N_SENTENCES[kind])
    ]


def entry(name: str) -> dict[str, Any]:
    words = [f"{name}{n}" for n in range(6)]
    both = {"de": words, "en": words}
    return {
        "id": f"tree.{name}",
        "label": {"de": words[0], "en": words[0]},
        "description": {"de": " ".join(words), "en": " ".join(words)},
        "synonyms": both,
        "levels": {"de": words[:5], "en": words[:5]},
        "related": [],
        "confusable": [],
        **{
            kind: {language: sentences(name, kind, language) for language in ("de", "en")}
            for kind in N_SENTENCES
        },
    }


def write_catalogue(folder: Path, names: tuple[str, ...] = NAMES) -> Path:
    folder.mkdir(exist_ok=True)
    entries = [entry(name) for name in names]
    (folder / "tree.yaml").write_text(yaml.safe_dump(entries), encoding="utf-8")
    with (folder / OFF_TOPIC).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "language", "kind", "text"])
        for n in range(60):
            text = f"stone{n % 5} stone{n % 7} stony{n}"
            writer.writerow([f"s{n}", "en", "goal", text])
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_catalogue(tmp_path_factory.mktemp("world") / "catalogue")


@pytest.fixture(scope="module")
def encoder() -> HashEncoder:
    return HashEncoder(dimension=128)


@pytest.fixture(scope="module")
def catalogue(folder: Path) -> tuple[Concept, ...]:
    return read_catalogue(folder)


@pytest.fixture(scope="module")
def statements(folder: Path) -> Statements:
    return read_statements(folder)


@pytest.fixture(scope="module")
def linker(
    encoder: HashEncoder, catalogue: tuple[Concept, ...], statements: Statements
) -> ConceptLinker:
    return build_linker(encoder, catalogue, statements)


def linked(linker: ConceptLinker, encoder: HashEncoder, text: str) -> list[str]:
    links = linker.links(encoder.encode([text]))
    return [linker.concepts[place] for place in links.concept]


@pytest.mark.parametrize("name", NAMES)
def test_a_statement_in_a_concepts_words_is_linked_to_it(
    linker: ConceptLinker, encoder: HashEncoder, name: str
) -> None:
    assert linked(linker, encoder, f"{name}1 {name}2 {name}5") == [f"tree.{name}"]


def test_more_or_fewer_can_be_asked_for(linker: ConceptLinker, encoder: HashEncoder) -> None:
    vectors = encoder.encode(["apple1 birch2 cedar5", "stone1"])
    links = linker.links(vectors, threshold=0.0, most=len(NAMES))
    assert links.row.tolist() == [0] * len(NAMES) + [1] * len(NAMES)
    first = linker.links(vectors, threshold=0.0, most=1)
    assert first.concept.tolist() == links.concept[:: len(NAMES)].tolist()


@pytest.mark.parametrize("text", ["stone1 stone3 stone4", "stone2 stone5 stone6"])
def test_what_belongs_to_no_concept_gets_none(
    linker: ConceptLinker, encoder: HashEncoder, text: str
) -> None:
    assert linked(linker, encoder, text) == []


def test_the_world_is_measured_as_easy_as_it_is(linker: ConceptLinker) -> None:
    rows = {measure["name"]: measure for measure in linker.facts["measures"]}
    assert {name.split(",")[0] for name in rows} == {"unseen concepts", "seen concepts"}
    assert rows["unseen concepts, de, oblique"]["precision"] >= 0.95
    assert rows["unseen concepts, de, oblique"]["recall"] >= 0.9
    assert linker.facts["n_off_topic"] > 20
    assert linker.facts["off_topic_abstained"] >= 0.9


def test_the_same_input_gives_the_same_linker(
    linker: ConceptLinker,
    encoder: HashEncoder,
    catalogue: tuple[Concept, ...],
    statements: Statements,
) -> None:
    again = build_linker(encoder, catalogue, statements)
    assert again.weights.tobytes() == linker.weights.tobytes()
    assert again.calibration.tobytes() == linker.calibration.tobytes()
    assert again.facts == linker.facts


def test_place_knows_what_the_catalogue_holds(linker: ConceptLinker) -> None:
    assert linker.concepts[linker.place("tree.fern") or 0] == "tree.fern"
    assert linker.place("tree.mended_away") is None


def invented(seed: int, n_concepts: int, d: int = 4) -> ConceptLinker:
    rng = np.random.default_rng(seed)
    weights = rng.normal(0, 3, (n_concepts + 1, d + 1)).astype(np.float32)
    names = tuple(f"x.c{n}" for n in range(n_concepts))
    return ConceptLinker(names, weights, np.array([-0.5, 0.7, 1.0, 0.3]), 0.5, {})


@given(st.integers(0, 50), st.integers(1, 9), st.floats(0, 1))
def test_links_are_the_likeliest_pairs_above_the_threshold(
    seed: int, n_concepts: int, threshold: float
) -> None:
    linker = invented(seed, n_concepts)
    vectors = np.random.default_rng(seed + 1).normal(0, 1, (20, 4)).astype(np.float32)
    share, topic = shares(vectors, linker.weights)
    expected = []
    for row in range(20):
        probability = calibrated(linker.calibration, share[row], np.repeat(topic[row], n_concepts))
        order = np.lexsort((np.arange(n_concepts), -probability))[:MOST]
        expected += [(row, place) for place in order if probability[place] >= threshold]
    links = linker.links(vectors, threshold)
    assert list(zip(links.row.tolist(), links.concept.tolist(), strict=True)) == expected
    assert (links.probability >= threshold).all()


def test_rows_count_on_across_chunks() -> None:
    linker = invented(seed=3, n_concepts=5)
    few = np.random.default_rng(0).normal(0, 1, (16, 4)).astype(np.float32)
    once, often = linker.links(few), linker.links(np.tile(few, (CHUNK // 8, 1)))
    assert len(once.row) > 0
    assert len(often.row) == len(once.row) * CHUNK // 8
    last = often.row >= 16 * (CHUNK // 8 - 1)
    np.testing.assert_array_equal(often.row[last] - 16 * (CHUNK // 8 - 1), once.row)
    np.testing.assert_array_equal(often.concept[last], once.concept)


def test_no_statements_have_no_links() -> None:
    links = invented(seed=3, n_concepts=5).links(np.zeros((0, 4), np.float32))
    assert len(links.row) == len(links.concept) == len(links.probability) == 0


def test_a_linker_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    linker = invented(seed=1, n_concepts=5)
    mine = ConceptLinker(
        linker.concepts,
        linker.weights,
        linker.calibration,
        0.4,
        {"encoder": "e", "catalogue": "c", "n": 1},
    )
    write_linker(tmp_path / "linker", mine)
    back = read_linker(tmp_path / "linker", "e", "c")
    assert (back.concepts, back.threshold, back.facts) == (mine.concepts, 0.4, mine.facts)
    np.testing.assert_array_equal(back.weights, mine.weights)
    np.testing.assert_array_equal(back.calibration, mine.calibration)
    with pytest.raises(ArtefactRefused, match="for the encoder e where f"):
        read_linker(tmp_path / "linker", "f", "c")
    with pytest.raises(ArtefactRefused, match="for the catalogue c where d"):
        read_linker(tmp_path / "linker", "e", "d")
    write_linker(tmp_path / "old", replace(mine, calibration=np.zeros(3)))
    with pytest.raises(ArtefactRefused, match="four numbers are expected"):
        read_linker(tmp_path / "old", "e", "c")
    (tmp_path / "linker" / WEIGHTS).write_bytes(b"other")
    with pytest.raises(ArtefactRefused, match="SHA-256"):
        read_linker(tmp_path / "linker", "e", "c")


def test_a_linker_is_built_once_and_again_when_the_catalogue_changes(
    tmp_path: Path, encoder: HashEncoder
) -> None:
    folder, workspace = write_catalogue(tmp_path / "catalogue"), tmp_path / "workspace"
    first = open_linker(encoder, workspace, folder)
    assert linked(first, encoder, "hazel1 hazel4") == ["tree.hazel"]
    n_encoded = encoder.n_encoded
    assert open_linker(encoder, workspace, folder).facts == first.facts
    assert encoder.n_encoded == n_encoded

    write_catalogue(folder, tuple(name for name in NAMES if name != "hazel"))
    second = open_linker(encoder, workspace, folder)
    assert second.place("tree.hazel") is None
    assert "tree.hazel" not in linked(second, encoder, "hazel1 hazel4")
    assert linked(second, encoder, "grape1 grape4") == ["tree.grape"]
    assert read_linker(workspace / IN_WORKSPACE, encoder.digest, catalogue_digest(folder))


@pytest.mark.parametrize("names", [("apple",), ("apple", "birch")])
def test_the_smallest_catalogues_have_a_linker(
    tmp_path: Path, encoder: HashEncoder, names: tuple[str, ...]
) -> None:
    linker = open_linker(encoder, tmp_path, write_catalogue(tmp_path / "catalogue", names))
    assert linked(linker, encoder, "apple1 apple2 apple4") == ["tree.apple"]


def test_statements_beside_the_catalogue_are_checked(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="off-topic statements beside"):
        read_statements(tmp_path)
    off_topic, plain = tmp_path / OFF_TOPIC, tmp_path / PLAIN
    head = "id,language,kind,text\n"
    off_topic.write_text(head + "a,de,goal,x\na,en,goal,y\nb,fr,goal,z\nc,de,goal,\n")
    assert wrong_in(tmp_path) == ["line 2, id", "line 3, id", "line 4, language", "line 5"]
    off_topic.write_text(head + "a,de,goal,x\n")
    head = "concept,language,kind,use,text\n"
    plain.write_text(
        head + "a,de,goal,learn,BI\na,en,goal,learn,BI\nb,de,wish,learn,x\nb,de,goal,test,y\n"
        "b,de,goal,learn,z\nc,de,skill,learn,z\n"
    )
    twice = ["line 6, text", "line 7, text"]
    assert wrong_in(tmp_path) == ["line 4, kind", "line 5, use", *twice]
    plain.write_text("concept,language,kind,text\na,de,goal,BI\n")
    assert wrong_in(tmp_path) == ["line 2"]


def wrong_in(folder: Path) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        read_statements(folder)
    return [problem.field for problem in caught.value.problems]


def test_the_shipped_statements_are_many() -> None:
    statements = read_statements(shipped("data/catalogue"))
    for language in ("de", "en"):
        spoken = [statement for statement in statements.off_topic if statement.language == language]
        assert len(spoken) >= 150
        assert 0.4 <= np.mean([statement.measured for statement in spoken]) <= 0.6
        assert sum(statement.kind == "skill" for statement in spoken) >= 70
        assert sum(statement.kind == "goal" for statement in spoken) >= 70


def test_every_concept_is_spoken_of_plainly_and_development_ones_are_measured() -> None:
    concepts = {statement.id: statement for statement in read_catalogue(shipped("data/catalogue"))}
    plain = read_statements(shipped("data/catalogue")).plain
    n_of = Counter(
        (statement.concept, statement.language, statement.kind, statement.use)
        for statement in plain
    )
    for name, concept in concepts.items():
        for language, kind in product(("de", "en"), ("goal", "skill")):
            assert n_of[name, language, kind, LEARN] >= 2, name
            assert n_of[name, language, kind, MEASURE] == 3 * concept.development, name
    assert {statement.concept for statement in plain} == set(concepts)


def test_nothing_is_fitted_on_plain_statements_that_are_measured(
    encoder: HashEncoder, catalogue: tuple[Concept, ...], statements: Statements
) -> None:
    def linker(use: str, text: str) -> ConceptLinker:
        sentences = tuple(
            Plain(concept.id, language, "goal", use, f"{text} {concept.label[language]}")
            for concept in catalogue
            for language in ("de", "en")
        )
        return build_linker(encoder, catalogue, replace(statements, plain=sentences))

    easy, hard = linker(MEASURE, "just"), linker(MEASURE, "stone1 stone2")
    assert easy.weights.tobytes() == hard.weights.tobytes()
    assert easy.weights.tobytes() != linker(LEARN, "just").weights.tobytes()
    rows = {measure["name"]: measure for measure in easy.facts["measures"]}
    plain = rows["unseen concepts, de, plain"]
    assert plain["n_statements"] == sum(measure.development for measure in catalogue)
    assert rows["unseen concepts, de, plain goals"]["recall"] == plain["recall"] > 0.5
    assert "unseen concepts, de, plain skills" not in rows


def test_a_plain_statement_of_a_concept_that_is_gone_is_left_out(
    encoder: HashEncoder, catalogue: tuple[Concept, ...], statements: Statements
) -> None:
    gone = Plain("tree.gone", "de", "goal", LEARN, "gone for ever")
    without = material(encoder, catalogue, statements)
    sentences = material(encoder, catalogue, replace(statements, plain=(gone,)))
    assert sentences.vectors.tobytes() == without.vectors.tobytes()


def trial(
    share: NDArray[np.floating[Any]], topic: NDArray[np.floating[Any]], right: NDArray[np.bool_]
) -> Trial:
    n = len(share)
    everybody = np.ones(n, dtype=np.bool_)
    places = np.zeros((n, 1), dtype=np.int64)
    return Trial(
        np.arange(n),
        places,
        share.astype(np.float32)[:, None],
        topic.astype(np.float32),
        right[:, None],
        np.arange(n) % 10,
        everybody,
        np.arange(n) % 3 == 0,
    )


SURE_OF_TOPIC = np.array([-0.6, 0.8, 20.0, 0.0])


def test_calibration_finds_the_law_that_made_the_truth() -> None:
    rng = np.random.default_rng(0)
    share, topic = rng.uniform(0.01, 0.99, 20_000), rng.normal(0, 1, 20_000)
    law = SURE_OF_TOPIC
    right = rng.uniform(size=20_000) < calibrated(law, share, topic)
    invented = trial(share, topic, right)
    calibration = invented.fit_calibration(np.ones(20_000, dtype=np.bool_))
    np.testing.assert_allclose(calibration, law, atol=0.08)
    judged = invented.cross_fitted()[:, 0]
    sure = judged >= 0.7
    assert abs(judged[sure].mean() - right[sure].mean()) < 0.03


def test_a_statement_off_topic_is_about_no_concept_however_sure_that_one_is() -> None:
    rng = np.random.default_rng(0)
    on = rng.uniform(size=20_000) < 0.8  # as many as the calibration takes for granted
    share, topic = rng.uniform(0.01, 0.99, 20_000), np.where(on, 2.0, -2.0)
    topic += rng.normal(0, 2, 20_000)  # the log-odds of this are its own value and log 4
    right = on & (rng.uniform(size=20_000) < calibrated(SURE_OF_TOPIC, share, topic))
    invented = trial(share, topic, right)
    mixed = replace(invented, owner=np.where(on, invented.owner, -1), unseen=invented.unseen & on)
    calibration = mixed.fit_calibration(mixed.unseen)
    np.testing.assert_allclose(calibration, [-0.6, 0.8, np.log(4), 1.0], atol=0.08)
    sure = calibrated(calibration, np.array([0.99, 0.99]), np.array([3.0, -6.0]))
    assert sure[0] > 0.9
    assert sure[1] < 0.02


def test_precision_and_recall_are_counted() -> None:
    # Three statements of concept 0, one of concept 1; 2 is near 0.
    held_out = Trial(
        source=np.arange(4),
        concept=np.array([[0, 1], [0, 2], [2, 0], [0, 1]]),
        share=np.zeros((4, 2), np.float32),
        topic=np.zeros(4, np.float32),
        right=np.array([[True, False], [True, False], [False, True], [False, True]]),
        owner=np.array([0, 0, 0, 1]),
        unseen=np.ones(4, dtype=np.bool_),
        plain=np.zeros(4, dtype=np.bool_),
    )
    probability = np.array([[0.9, 0.1], [0.8, 0.7], [0.6, 0.2], [0.3, 0.2]])
    near = np.eye(3, dtype=np.bool_)
    near[0, 2] = near[2, 0] = True
    measure = Judged(held_out, probability, near, 0.5).measure(
        "x", np.arange(4), np.random.default_rng(0)
    )
    assert (measure["n_statements"], measure["n_links"]) == (4, 4)
    assert measure["precision"] == 2 / 4
    assert measure["recall"] == 2 / 4
    assert measure["f1"] == 0.5
    assert measure["near"] == 1.0
    assert measure["said"] == pytest.approx((0.9 + 0.8 + 0.7 + 0.6) / 4)
    assert measure["precision_interval"][0] <= 0.5 <= measure["precision_interval"][1]


@pytest.fixture(scope="module")
def bundled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ConceptLinker]:
    workspace = tmp_path_factory.mktemp("workspace")
    yield open_linker(open_encoder(), workspace)
    assert not list(workspace.iterdir()), "the bundled linker fits the encoder and the catalogue"


def test_the_bundled_card_says_what_its_manifest_says(bundled: ConceptLinker) -> None:
    written = (shipped("models/concept-links") / "README.md").read_text(encoding="utf-8")
    assert written == linker_card(bundled)


def test_the_bundled_linker_is_no_worse_than_when_it_was_measured(bundled: ConceptLinker) -> None:
    rows = {measure["name"]: measure for measure in bundled.facts["measures"]}
    for language in ("de", "en"):
        plain = rows[f"unseen concepts, {language}, plain"]
        assert plain["precision"] >= 0.85
        assert plain["recall"] >= 0.7
        assert rows[f"unseen concepts, {language}, oblique"]["precision"] >= 0.45
        assert rows[f"seen concepts, {language}, oblique"]["precision"] >= 0.55
    assert bundled.facts["off_topic_abstained"] >= 0.9


@pytest.mark.encoder
def test_the_bundled_linker_does_well_on_plain_statements(bundled: ConceptLinker) -> None:
    plain = [
        statement
        for statement in read_statements(shipped("data/catalogue")).plain
        if statement.use == MEASURE
    ]
    links = bundled.links(open_encoder(threads=1).encode([statement.text for statement in plain]))
    right = (
        np.array([plain[row].concept for row in links.row])
        == np.array(bundled.concepts)[links.concept]
    )
    assert right.mean() >= 0.85
    assert right.sum() / len(plain) >= 0.7


@pytest.mark.encoder
def test_the_bundled_linker_does_fairly_on_statements_of_others(bundled: ConceptLinker) -> None:
    measures = external_check(open_encoder(threads=1), bundled, one_in=2)
    assert measures["precision"] >= 0.6
    assert measures["near"] >= 0.78
    assert measures["recall"] >= 0.28
    assert measures["off_topic_abstained"] >= 0.9


def test_two_readers_find_what_most_oblique_statements_are_about() -> None:
    measures = reader_check()
    assert len(measures) == 8
    assert all(measures[f"reader_{n} recall"] >= 0.9 for n in (1, 2))
