"""The facade: the right mentor first, for true reasons, and nobody whom the rules keep out."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy import Connection

from recommender.app import Recommender
from recommender.domain.errors import InvalidInput, UnknownPerson
from recommender.domain.people import Pair, PairStatus, Person, Status
from recommender.domain.progress import Progress, silent
from recommender.domain.ranking import Query, Ranking, Recommendation
from recommender.matching.answering import RecommenderConfig, order_fairly
from recommender.matching.eligibility import EligibilityRules
from recommender.matching.features import FEATURE_NAMES
from recommender.store import Store, pairs, people
from tests.conftest import HashEncoder, goal, person, skill
from tests.recommender.store.impressions import impressions_of

Opened = Callable[[], Recommender]
BOSS = Query(mentee_id="boss")
AUTOMATE, FILM = "automate weekly reports", "film short clips"


def ids(ranking: Ranking) -> list[str]:
    return [item.mentor_id for item in ranking.recommendations]


def of(ranking: Ranking, mentor_id: str) -> Recommendation:
    return next(item for item in ranking.recommendations if item.mentor_id == mentor_id)


def timeless(ranking: Ranking) -> Ranking:
    """Return an answer without what is new in each."""
    return replace(ranking, ranking_id="", created_at=datetime.min)


def reasons(item: Recommendation) -> dict[str, str]:
    return {reason.feature: reason.text for reason in item.reasons}


def put_all(recommender: Recommender, given: Iterable[Person]) -> None:
    with recommender.store.write() as connection:
        people.put(connection, list(given))


def erase(store: Store, person_id: str) -> None:
    with store.write() as connection:
        assert people.erase(connection, person_id)


@pytest.fixture
def make_world(tmp_path: Path) -> Iterable[Callable[..., Recommender]]:
    """Open a world of its own for some people, each in a new workspace."""
    opened: list[Recommender] = []

    def make(given: Sequence[Person], config: RecommenderConfig | None = None) -> Recommender:
        folder = tmp_path / f"world {len(opened)}"
        store = Store.in_folder(folder)
        with store.write() as connection:
            people.put(connection, given)
        opened.append(Recommender(store, lambda: HashEncoder(), folder, config))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


# Who is recommended


def test_the_right_mentor_comes_first(tiny_world: Recommender) -> None:
    ranking = tiny_world.recommend(BOSS)
    assert ids(ranking) == ["flow", "film", "cook"]
    assert [item.position for item in ranking.recommendations] == [1, 2, 3]
    assert [item.rank for item in ranking.recommendations] == [1, 2, 3]
    scores = [item.score for item in ranking.recommendations]
    assert scores == sorted(scores, reverse=True)
    first = ranking.recommendations[0]
    assert (first.name, first.department, first.site) == ("Name of flow", "Production", "Cork")


def test_the_order_follows_the_priorities_of_the_goals(tiny_world: Recommender) -> None:
    boss = tiny_world.people.get("boss")
    swapped = tuple(
        replace(one, priority=4 - one.priority) if one.priority else one for one in boss.statements
    )
    tiny_world.people.put(replace(boss, statements=swapped))
    assert ids(tiny_world.recommend(BOSS)) == ["film", "flow", "cook"]


def test_the_answer_says_how_it_was_made(tiny_world: Recommender, encoder: HashEncoder) -> None:
    before = datetime.now(UTC)
    ranking = tiny_world.recommend(BOSS)
    assert before <= ranking.created_at <= datetime.now(UTC)
    assert (ranking.mentee_id, ranking.goals) == ("boss", (AUTOMATE, FILM))
    assert (ranking.encoder, ranking.ranker, ranking.degraded) == (encoder.digest, None, True)


def test_every_person_is_recommended_or_counted_as_kept_out(tiny_world: Recommender) -> None:
    ranking = tiny_world.recommend(BOSS)
    kept_out = {rule: n for rule, n in ranking.kept_out.items() if n}
    assert kept_out == {"is_mentor": 1, "reporting_chain": 1, "describes_skill": 1}
    assert (ranking.n_people, ranking.n_eligible) == (6, 3)
    near = replace(tiny_world.people.get("near"), reports_to=None)
    tiny_world.people.put(near)
    tiny_world.people.put(replace(tiny_world.people.get("mute"), statements=(skill("sing"),)))
    assert set(ids(tiny_world.recommend(BOSS))) == {"flow", "film", "cook", "near", "mute"}


@pytest.mark.parametrize(
    ("query", "rule", "left"),
    [
        (replace(BOSS, site="Galway"), "query_site", ["film"]),
        (replace(BOSS, language="fr"), "query_language", ["flow"]),
        (replace(BOSS, exclude=frozenset({"flow", "nobody"})), "query_exclude", ["film", "cook"]),
        (replace(BOSS, site="Nowhere"), "query_site", []),
    ],
)
def test_what_a_query_asks_for_is_a_rule(
    tiny_world: Recommender, query: Query, rule: str, left: list[str]
) -> None:
    tiny_world.people.put(replace(tiny_world.people.get("film"), site="Galway"))
    tiny_world.people.put(replace(tiny_world.people.get("flow"), languages=("fr", "en")))
    ranking = tiny_world.recommend(query)
    assert ids(ranking) == left
    assert ranking.kept_out[rule] == 3 - len(left)
    assert ranking.n_eligible + sum(ranking.kept_out.values()) == ranking.n_people


def test_rules_may_be_turned_off(tiny_world: Recommender) -> None:
    config = RecommenderConfig(EligibilityRules(reporting_chain=False))
    tiny_world.config = config
    assert "near" in ids(tiny_world.recommend(BOSS))


def test_a_former_partner_is_not_recommended_again(tiny_world: Recommender) -> None:
    with tiny_world.store.write() as connection:
        pairs.put(connection, [Pair("boss", "flow", PairStatus.ENDED)])
    ranking = tiny_world.recommend(BOSS)
    assert ids(ranking) == ["film", "cook"]
    assert ranking.kept_out["not_paired_before"] == 1


def test_asking_for_more_than_there_are_returns_everybody_eligible(
    tiny_world: Recommender,
) -> None:
    tiny_world.config = RecommenderConfig(n_candidates=1)
    for k, expected in ((1, 1), (2, 2), (3, 3), (100, 3)):
        assert len(ids(tiny_world.recommend(replace(BOSS, k=k)))) == expected


def test_a_smaller_k_returns_the_beginning_of_a_larger_one(tiny_world: Recommender) -> None:
    whole = tiny_world.recommend(BOSS)
    for k in (1, 2):
        part = tiny_world.recommend(replace(BOSS, k=k))
        assert part.recommendations == whole.recommendations[:k]
        assert part.uncovered_goals == whole.uncovered_goals


def test_an_empty_workspace_answers_with_nobody(open_recommender: Opened) -> None:
    ranking = open_recommender().recommend(Query(goals=(goal("sing"),)))
    assert (ids(ranking), ranking.n_people, ranking.uncovered_goals) == ([], 0, ("sing",))


# Goals


def test_goals_that_nobody_covers_are_named(tiny_world: Recommender) -> None:
    assert tiny_world.recommend(BOSS).uncovered_goals == ()
    boss = tiny_world.people.get("boss")
    tiny_world.people.put(replace(boss, statements=(*boss.goals, goal("repair old clocks"))))
    assert tiny_world.recommend(BOSS).uncovered_goals == ("repair old clocks",)
    tiny_world.people.put(replace(tiny_world.people.get("film"), status=Status.PAUSED))
    assert tiny_world.recommend(BOSS).uncovered_goals == (FILM, "repair old clocks")


def test_a_goal_that_only_the_kept_out_cover_is_uncovered(tiny_world: Recommender) -> None:
    tiny_world.people.erase("flow")  # near could do it, but reports to boss
    assert tiny_world.recommend(BOSS).uncovered_goals == (AUTOMATE,)


def test_coverage_is_a_matter_of_configuration(tiny_world: Recommender) -> None:
    query = Query(goals=(goal("automate monthly reports"),))
    for coverage, uncovered in ((0.99, query.goals[0].text), (0.3, "")):
        tiny_world.config = RecommenderConfig(coverage=coverage)
        ranking = tiny_world.recommend(query)
        assert "".join(ranking.uncovered_goals) == uncovered
        first = ranking.recommendations[0]
        assert [match.covered for match in first.matches] == [not uncovered]
        assert ("covered_goals" in reasons(first)) == (not uncovered)


def test_a_query_by_text_alone_compares_nobody_with_the_mentee(tiny_world: Recommender) -> None:
    ranking = tiny_world.recommend(Query(goals=(goal(AUTOMATE),)))
    assert ranking.mentee_id is None
    assert set(ids(ranking)) == {"flow", "near", "film", "cook"}
    assert ids(ranking)[0] == "near"  # whose only sentence it is; flow has a second one
    first = ranking.recommendations[0]
    assert first.affinity == pytest.approx(1)
    assert {"same_site", "same_department", "shared_languages"}.isdisjoint(reasons(first))
    assert first.features["organisational_distance"] == first.features["same_site"] == 0


def test_goals_sent_along_replace_the_stored_ones(tiny_world: Recommender) -> None:
    asked = replace(BOSS, goals=(goal("bake sourdough bread"),))
    ranking = tiny_world.recommend(asked)
    assert ranking.goals == ("bake sourdough bread",)
    assert ids(ranking)[0] == "cook"
    assert "near" not in ids(ranking)  # boss is still the one who asks
    assert tiny_world.recommend(BOSS).goals == (AUTOMATE, FILM)


def test_stored_goals_need_no_encoder(tiny_world: Recommender, encoder: HashEncoder) -> None:
    before = encoder.n_encoded
    tiny_world.recommend(BOSS)
    assert encoder.n_encoded == before
    tiny_world.recommend(replace(BOSS, goals=(goal(AUTOMATE), goal("something new"))))
    assert encoder.n_encoded == before + 1


# Refusals


def test_an_unknown_mentee_is_told(tiny_world: Recommender) -> None:
    with pytest.raises(UnknownPerson, match="'nobody'"):
        tiny_world.recommend(Query(mentee_id="nobody"))


@pytest.mark.parametrize("status", [Status.PAUSED, Status.WITHDRAWN])
def test_who_does_not_take_part_is_not_answered(tiny_world: Recommender, status: Status) -> None:
    tiny_world.people.put(replace(tiny_world.people.get("boss"), status=status))
    for query in (BOSS, replace(BOSS, goals=(goal("sing"),))):
        with pytest.raises(InvalidInput, match=f"status is {status}"):
            tiny_world.recommend(query)


def test_a_mentee_without_a_goal_is_told_to_add_one(tiny_world: Recommender) -> None:
    with pytest.raises(InvalidInput, match="Add a goal"):
        tiny_world.recommend(Query(mentee_id="film"))
    asked = Query(mentee_id="film", goals=(goal(AUTOMATE),))
    assert set(ids(tiny_world.recommend(asked))[:2]) == {"near", "flow"}


def test_a_refused_query_is_not_logged(tiny_world: Recommender) -> None:
    with pytest.raises(UnknownPerson):
        tiny_world.recommend(Query(mentee_id="nobody"))
    with tiny_world.store.read() as connection:
        n = connection.exec_driver_sql("SELECT count(*) FROM rankings").scalar_one()
    assert n == 0


@pytest.mark.parametrize("person_id", ["nobody", ""])
def test_who_is_not_stored_cannot_be_read_or_erased(
    tiny_world: Recommender, person_id: str
) -> None:
    with pytest.raises(UnknownPerson):
        tiny_world.people.get(person_id)
    with pytest.raises(UnknownPerson):
        tiny_world.people.erase(person_id)


# Ties and repetition


TWINS = [person(name, skill("knit warm socks")) for name in ("ann", "ben", "cat", "dan", "eve")]
ASKING = [person(f"mentee {i}".replace(" ", "-"), goal("knit socks")) for i in range(6)]


def twins(ranking: Ranking) -> list[str]:
    return [one for one in ids(ranking) if not one.startswith("mentee")]


def test_ties_share_a_rank_and_their_order_differs_between_mentees(
    make_world: Callable[..., Recommender],
) -> None:
    better = person("zoe", skill("knit socks"))
    worse = person("abe", skill("weld pipes"))
    world = make_world([worse, *TWINS, *ASKING, better])
    orders = set()
    for one in ASKING:
        ranking = world.recommend(Query(mentee_id=one.id, k=100))
        assert [item.rank for item in ranking.recommendations] == [1, 2, 2, 2, 2, 2, 7]
        assert [item.position for item in ranking.recommendations] == [1, 2, 3, 4, 5, 6, 7]
        first, *tied, last = ids(ranking)
        assert (first, sorted(tied), last) == ("zoe", [one.id for one in TWINS], "abe")
        orders.add(tuple(tied))
    assert len(orders) > 3


def test_the_order_of_input_never_matters(make_world: Callable[..., Recommender]) -> None:
    crowd = [*TWINS, *ASKING]
    worlds = [make_world(crowd), make_world(crowd[::-1]), make_world([])]
    for one in random.Random(3).sample(crowd, len(crowd)):
        worlds[-1].people.put(one)
    for one in ASKING:
        query = Query(mentee_id=one.id, k=3)
        one_answer, *others = [timeless(world.recommend(query)) for world in worlds]
        assert others == [one_answer, one_answer]
    by_text = [ids(world.recommend(Query(goals=(goal("knit"),)))) for world in worlds]
    assert by_text[0] == by_text[1] == by_text[2]


def test_order_fairly_orders_by_score_and_draws_lots_among_equals() -> None:
    scores, names = [0.5, 0.9, 0.5, -0.1, 0.5], list("abcde")
    order = order_fairly(scores, names, "mentee")
    assert (order[0], order[-1]) == (1, 3)
    assert sorted(order[1:4]) == [0, 2, 4]
    backwards = order_fairly(scores[::-1], names[::-1], "mentee")
    assert [names[::-1][place] for place in backwards] == [names[place] for place in order]
    firsts = [order_fairly([0.0] * 5, names, f"m{i}")[0] for i in range(500)]
    counts = np.bincount(firsts, minlength=5)
    assert counts.min() > 60  # 100 each, give or take what chance does
    assert order_fairly([], [], "mentee") == []


def test_the_same_question_gets_the_same_answer(
    tiny_world: Recommender, open_recommender: Opened
) -> None:
    for query in (BOSS, replace(BOSS, goals=(goal("film reports"),)), Query(goals=(goal("bake"),))):
        first, second = tiny_world.recommend(query), tiny_world.recommend(query)
        assert first.ranking_id != second.ranking_id
        assert first.created_at < second.created_at
        assert timeless(first) == timeless(second) == timeless(open_recommender().recommend(query))


# Reasons


def test_contributions_add_up_to_the_affinity(tiny_world: Recommender) -> None:
    ranking = tiny_world.recommend(BOSS)
    for item in ranking.recommendations:
        total = sum(match.contribution for match in item.matches)
        assert total == pytest.approx(item.affinity, abs=1e-6)
        assert total == pytest.approx(item.features["affinity"], abs=1e-9)
        assert item.score == item.affinity
        assert set(item.features) == set(FEATURE_NAMES)
        # Priority 1 weighs three times as much as priority 3.
        weights = [match.contribution / match.affinity for match in item.matches]
        assert weights == pytest.approx([0.75, 0.25])


def test_each_goal_is_matched_with_the_closest_sentence_that_the_mentor_wrote(
    tiny_world: Recommender,
) -> None:
    ranking = tiny_world.recommend(BOSS)
    for item in ranking.recommendations:
        written = {one.text: one.level for one in tiny_world.people.get(item.mentor_id).skills}
        assert [match.goal for match in item.matches] == [AUTOMATE, FILM]
        for match in item.matches:
            assert written[match.statement] == match.level
    automate, film = of(ranking, "flow").matches
    assert (automate.statement, automate.similarity, automate.covered) == (AUTOMATE, 1, True)
    assert not film.covered


def test_both_directions_count_and_the_mentors_goals_are_not_told(
    tiny_world: Recommender,
) -> None:
    ranking = tiny_world.recommend(BOSS)
    flow, film = of(ranking, "flow"), of(ranking, "film")
    assert reasons(flow)["reciprocal_covered"].startswith("Can learn something in return")
    assert flow.features["reciprocal_covered"] == 1
    assert "reciprocal_covered" not in reasons(film)  # who named no goal
    assert "lead large teams" not in str(ranking)
    boss = tiny_world.people.get("boss")
    tiny_world.people.put(replace(boss, statements=boss.goals))
    assert of(tiny_world.recommend(BOSS), "flow").features["reciprocal_covered"] == 0


@pytest.mark.parametrize(
    ("languages", "language", "site"),
    [
        (("de", "en"), "de", "Am selben Standort: Cork"),
        (("en", "de"), "en", "At the same site: Cork"),
        (("fr", "de", "en"), "de", "Am selben Standort: Cork"),
    ],
)
def test_reasons_are_told_in_the_mentees_language(
    tiny_world: Recommender, languages: tuple[str, ...], language: str, site: str
) -> None:
    tiny_world.people.put(replace(tiny_world.people.get("boss"), languages=languages))
    ranking = tiny_world.recommend(BOSS)
    assert ranking.language == language
    assert reasons(ranking.recommendations[0])["same_site"] == site


def test_languages_in_common_are_named_in_the_mentees_language(tiny_world: Recommender) -> None:
    for name in ("boss", "flow"):
        tiny_world.people.put(replace(tiny_world.people.get(name), languages=("de", "en", "fr")))
    told = reasons(tiny_world.recommend(BOSS).recommendations[0])
    assert told["shared_languages"] == "Gemeinsame Sprachen: Deutsch, Englisch, Französisch"


def test_a_query_by_text_is_answered_in_the_language_of_its_goals(
    tiny_world: Recommender,
) -> None:
    for language, answered in (("de", "de"), ("en", "en"), ("fr", "en")):
        query = Query(goals=(goal(AUTOMATE, language=language),))
        assert tiny_world.recommend(query).language == answered


# What is kept


def test_what_was_shown_is_logged_exactly(tiny_world: Recommender) -> None:
    shown = [tiny_world.recommend(replace(BOSS, k=2)), tiny_world.recommend(Query(goals=TEXT))]
    with tiny_world.store.read() as connection:
        for ranking in shown:
            logged = impressions_of(connection, ranking.ranking_id)
            assert [one.mentor_id for one in logged] == ids(ranking)
            for item, one in zip(ranking.recommendations, logged, strict=True):
                assert (one.position, one.rank, one.score) == (item.position, item.rank, item.score)
                assert one.features == item.features
                assert (one.created_at, one.mentee_id) == (ranking.created_at, ranking.mentee_id)
                assert (one.encoder, one.ranker) == (ranking.encoder, None)
        everything = impressions_of(connection)
        rows = connection.exec_driver_sql("SELECT k, n_eligible FROM rankings ORDER BY created_at")
        assert rows.all() == [(2, 3), (5, 4)]
    assert [one.mentor_id for one in everything] == ids(shown[0]) + ids(shown[1])


TEXT = (goal("zitherspielen lernen", language="de"), goal("whittle wooden spoons"))


@pytest.mark.parametrize("mentee_id", ["boss", None])
def test_goals_given_as_text_are_never_stored(
    tiny_world: Recommender, workspace: Path, encoder: HashEncoder, mentee_id: str | None
) -> None:
    tiny_world.recommend(Query(mentee_id=mentee_id, goals=TEXT))
    tiny_world.mirror.save()
    needles = [one.text.encode() for one in TEXT] + [b"zitherspielen", b"whittle"]
    needles += [row.tobytes()[:64] for row in encoder.encode([one.text for one in TEXT])]
    for path in workspace.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        assert not [needle for needle in needles if needle in content], path


def test_an_exported_world_answers_alike_when_it_is_imported(
    tiny_world: Recommender, tmp_path: Path, encoder: HashEncoder
) -> None:
    with tiny_world.store.write() as connection:
        pairs.put(connection, [Pair("cook", "flow", PairStatus.ACTIVE)])
    for names in (["all.xlsx"], ["p.csv", "s.csv", "pairs.csv"]):
        paths = [tmp_path / name for name in names]
        assert tiny_world.people.export_files(paths) == 6
        folder = tmp_path / f"copy of {names[0]}"
        with Recommender(Store.in_folder(folder), lambda: encoder, folder) as copy:
            assert copy.people.import_files(paths).people_created == 6
            for query in (BOSS, Query(mentee_id="flow"), Query(goals=(goal("film reports"),))):
                assert timeless(copy.recommend(query)) == timeless(tiny_world.recommend(query))


def test_closing_leaves_one_database_file(tiny_world: Recommender, workspace: Path) -> None:
    with tiny_world as recommender:
        recommender.recommend(BOSS)
    assert [path.name for path in workspace.iterdir()] == ["tandem.db"]


# At the same time


class Meanwhile(HashEncoder):
    """Lets something else happen while a goal given as text is encoded."""

    def __init__(self) -> None:
        super().__init__()
        self.meanwhile: Callable[[], object] = lambda: None

    def encode(self, texts: Sequence[str], progress: Progress = silent) -> NDArray[np.float32]:
        meanwhile, self.meanwhile = self.meanwhile, lambda: None
        meanwhile()
        return super().encode(texts, progress)


@pytest.fixture
def other(tiny_world: Recommender, workspace: Path) -> Iterable[Store]:
    """Open the database of the tiny world as another process would."""
    opened = Store.in_folder(workspace)
    yield opened
    opened.close()


def test_who_is_erased_while_the_goals_are_encoded_is_not_shown(
    tiny_world: Recommender, other: Store, workspace: Path
) -> None:
    encoder = Meanwhile()
    with Recommender(Store.in_folder(workspace), lambda: encoder, workspace) as recommender:
        encoder.meanwhile = lambda: erase(other, "flow")
        ranking = recommender.recommend(replace(BOSS, goals=(goal("automate clips"),)))
        assert sorted(ids(ranking)) == ["cook", "film"]


def test_a_mentee_who_is_erased_while_they_ask_is_unknown(
    tiny_world: Recommender, other: Store, workspace: Path
) -> None:
    encoder = Meanwhile()
    with Recommender(Store.in_folder(workspace), lambda: encoder, workspace) as recommender:
        encoder.meanwhile = lambda: erase(other, "boss")
        with pytest.raises(UnknownPerson):
            recommender.recommend(replace(BOSS, goals=(goal("automate clips"),)))


def erase_flow(store: Store) -> None:
    erase(store, "flow")


def rewrite_flow(store: Store) -> None:
    with store.write() as connection:
        people.put(connection, [person("flow", skill("automate weekly reports neatly"))])


@pytest.mark.parametrize("after_reading", [True, False])
@pytest.mark.parametrize("change", [erase_flow, rewrite_flow])
def test_an_answer_that_is_overtaken_is_made_anew(
    tiny_world: Recommender,
    other: Store,
    monkeypatch: pytest.MonkeyPatch,
    after_reading: bool,
    change: Callable[[Store], None],
) -> None:
    """Somebody leaves, or takes a sentence back, between the ranking and its log."""
    genuine, pending = people.statement_texts, [change]

    def overtaken(connection: Connection, wanted: Iterable[int]) -> dict[int, str]:
        texts = genuine(connection, wanted) if after_reading else {}
        if pending:
            pending.pop()(other)
        return texts or genuine(connection, wanted)

    monkeypatch.setattr(people, "statement_texts", overtaken)
    ranking = tiny_world.recommend(BOSS)
    assert ("flow" in ids(ranking)) == (change is rewrite_flow)
    assert all(match.statement for item in ranking.recommendations for match in item.matches)
    with tiny_world.store.read() as connection:
        logged = impressions_of(connection)
    assert [one.mentor_id for one in logged] == ids(ranking)


def test_a_database_that_was_replaced_under_a_running_process_is_read_anew(
    tiny_world: Recommender,
) -> None:
    assert ids(tiny_world.recommend(BOSS))[0] == "flow"
    with tiny_world.store.write() as connection:  # as an older copy of it would look
        connection.exec_driver_sql("DELETE FROM people WHERE id = 'flow'")
        connection.exec_driver_sql("UPDATE revision SET value = value - 1")
    assert ids(tiny_world.recommend(BOSS)) == ["film", "cook"]


def test_threads_ask_while_people_come_and_go(tiny_world: Recommender) -> None:
    gone: set[str] = set()
    done = threading.Event()

    def ask(seed: int) -> int:
        rng, n_asked = random.Random(seed), 0
        queries = [BOSS, replace(BOSS, goals=(goal("film reports"),)), Query(goals=TEXT, k=100)]
        while not done.is_set():
            gone_before = set(gone)
            ranking = tiny_world.recommend(rng.choice(queries))
            assert not gone_before & set(ids(ranking))
            assert ranking.n_eligible + sum(ranking.kept_out.values()) == ranking.n_people
            assert all(m.statement for item in ranking.recommendations for m in item.matches)
            n_asked += 1
        return n_asked

    def come_and_go() -> None:
        try:
            for i in range(12):
                tiny_world.people.put(
                    person(f"guest{i}", skill(f"automate reports {i}"), goal("sing"), capacity=9)
                )
                if i >= 5:
                    tiny_world.people.erase(f"guest{i - 5}")
                    gone.add(f"guest{i - 5}")
        finally:
            done.set()

    with ThreadPoolExecutor(9) as pool:
        asking = [pool.submit(ask, seed) for seed in range(8)]
        pool.submit(come_and_go).result()
        assert all(one.result() > 0 for one in asking)
    assert tiny_world.recommend(BOSS).n_people == 6 + 5
