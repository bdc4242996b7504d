"""How well statements are linked to concepts: ``python -m tests.benchmarks.linking``.

Fits, calibrates and measures anew (some minutes) and prints the table of the card; what readers
make of the same sort of statements; and a rough external check of the bundled linker: the sample
organisation's phrases, written under another brief, with a table of ours that says which concepts
each digital topic is about.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence

import numpy as np

from recommender.cli.progress import shown_progress
from recommender.encoding.encoder import Encoder, open_encoder
from recommender.skills.catalogue import LANGUAGES, read_catalogue
from recommender.skills.linking.learning.building import CATALOGUE, SHIPPED_LINKER, build_linker
from recommender.skills.linking.learning.card import choices_table, measures_table
from recommender.skills.linking.learning.measuring import nearness
from recommender.skills.linking.learning.sources import MEASURE, catalogue_digest, read_statements
from recommender.skills.linking.linker import ConceptLinker, read_linker
from recommender.skills.own.linking import N_SUGGESTIONS, SUGGESTED_FROM
from recommender.store.shipped import shipped

TOPICS: dict[str, tuple[str, ...]] = {
    "agile_boards": (
        "software_dev.agile_boards_scrum",
        "meetings_collaboration.digital_project_planning",
    ),
    "ai_act": ("privacy_law.ai_act_compliance",),
    "ai_bias": ("ethics_society.bias_and_fairness",),
    "ai_use_cases": (
        "ai_strategy.ai_use_case_discovery",
        "ai_strategy.business_case_for_ai",
    ),
    "api_integration": ("automation.api_integration",),
    "ar_support": ("engineering.augmented_reality_remote_support",),
    "chat_assistant": (
        "assistants.first_steps",
        "assistants.email_drafting",
        "assistants.choosing_an_assistant",
    ),
    "cloud_basics": ("cloud_it.cloud_basics",),
    "cobots": ("manufacturing.cobots",),
    "dashboards": (
        "analytics_bi.dashboards",
        "analytics_bi.self_service_bi",
    ),
    "data_cleaning": ("data_engineering.data_cleaning",),
    "data_protection": (
        "privacy_law.gdpr_basics",
        "privacy_law.confidential_data_in_ai_tools",
    ),
    "deepfakes": (
        "security.deepfake_fraud",
        "ethics_society.misinformation_fact_checking",
    ),
    "digital_twin": ("manufacturing.digital_twin",),
    "document_search": (
        "knowledge_search.document_question_answering_rag",
        "knowledge_search.enterprise_search",
    ),
    "e_invoicing": ("finance.e_invoicing",),
    "e_learning": (
        "people_hr.e_learning_creation",
        "people_hr.learning_platforms",
    ),
    "forecasting": ("data_science.demand_forecasting",),
    "generative_design": ("engineering.generative_design",),
    "image_generation": ("images_design.image_generation",),
    "iot_sensors": ("manufacturing.iot_sensor_networks",),
    "knowledge_wiki": ("knowledge_search.wiki_knowledge_base",),
    "low_code_apps": ("automation.low_code_apps",),
    "machine_translation": ("writing_language.machine_translation",),
    "meeting_notes": ("meetings_collaboration.meeting_transcription",),
    "online_collaboration": (
        "meetings_collaboration.online_whiteboards",
        "meetings_collaboration.remote_workshop_facilitation",
    ),
    "password_mfa": (
        "security.multi_factor_authentication",
        "security.password_managers",
    ),
    "phishing_awareness": ("security.phishing_awareness",),
    "podcasting": ("video_social.podcasting",),
    "predictive_maintenance": ("manufacturing.predictive_maintenance",),
    "prompt_writing": ("assistants.prompt_writing",),
    "python_scripting": (
        "automation.scripting_small_tools",
        "data_science.python_notebooks",
        "software_dev.programming_basics",
    ),
    "recruiting_ai": ("people_hr.recruiting_with_ai",),
    "rpa": ("automation.robotic_process_automation",),
    "service_chatbot": ("sales_service.service_chatbots",),
    "shopfloor_data": ("manufacturing.mes_shopfloor_data",),
    "short_video": ("video_social.short_video_production",),
    "social_media": (
        "video_social.social_media_presence_linkedin",
        "video_social.channel_strategy",
    ),
    "spreadsheet_analysis": (
        "spreadsheets.pivot_tables",
        "spreadsheets.spreadsheet_formulas_lookup",
        "spreadsheets.power_query_import",
    ),
    "sql_queries": ("data_engineering.sql_queries",),
    "supply_chain_analytics": (
        "supply_chain.inventory_optimisation",
        "supply_chain.supply_chain_risk_monitoring",
        "supply_chain.supplier_performance_management",
    ),
    "sustainability_data": (
        "sustainability.carbon_footprint_data",
        "sustainability.csrd_reporting_tools",
    ),
    "version_control": ("software_dev.version_control_git",),
    "visual_inspection": ("manufacturing.visual_quality_inspection",),
    "web_analytics": ("marketing_web.web_analytics",),
    "workflow_automation": (
        "automation.workflow_automation",
        "automation.digital_forms_and_approvals",
    ),
}
"""The concepts that a topic of the sample organisation is about."""


THRESHOLDS = (0.2, 0.3, 0.4, 0.5)
COLUMNS = ("precision", "near", "recall", "suggested", "leadership_abstained")
READINGS = ("reader_1", "reader_2")
NONE = "none"


def reader_check() -> dict[str, float]:
    """Return how two readers, who saw names and descriptions alone, file the development sentences.

    For each: whether their first concept is the one that the sentence was written for, whether any
    of theirs is, how many of theirs are, and how often they file off-topic statements nowhere.
    """
    path = shipped(CATALOGUE) / "second_reading.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    measures: dict[str, float] = {}
    for reader in READINGS:
        filed = [(row["concept"], row[reader].split()) for row in rows if row[reader]]
        about = [(meant, concepts) for meant, concepts in filed if meant != NONE]
        outside = [concepts for meant, concepts in filed if meant == NONE]
        n_said = sum(len(concepts) for _, concepts in about)
        measures |= {
            f"{reader} first": sum(concepts[0] == meant for meant, concepts in about) / len(about),
            f"{reader} recall": sum(meant in concepts for meant, concepts in about) / len(about),
            f"{reader} precision": sum(meant in concepts for meant, concepts in about) / n_said,
            f"{reader} abstains": sum(concepts == [NONE] for concepts in outside) / len(outside),
        }
    return measures


def external_check(
    encoder: Encoder,
    linker: ConceptLinker,
    one_in: int = 1,
    languages: Sequence[str] = LANGUAGES,
    threshold: float | None = None,
) -> dict[str, float]:
    """Return how the sample organisation's phrases are linked, and who abstains.

    Args:
        encoder: Whose vectors the linker reads.
        linker: To be measured.
        every: Of the phrases, every so many.
        languages: Of the phrases.
        threshold: Another one than the linker's own.
    """
    catalogue = read_catalogue(shipped(CATALOGUE))
    near = nearness(catalogue)
    path = shipped("data/sample_organisation") / "phrases.csv"
    with path.open(encoding="utf-8", newline="") as file:
        phrases = [row for row in csv.DictReader(file) if row["language"] in languages][::one_in]
    digital = np.array([phrase["area"] == "digital" for phrase in phrases])
    right = np.zeros((len(phrases), len(catalogue)), dtype=np.bool_)
    for row in np.flatnonzero(digital):
        for name in TOPICS[phrases[row]["topic"]]:
            right[row, linker.concepts.index(name)] = True
    close = (right.astype(np.int64) @ near.astype(np.int64)) > 0
    vectors = encoder.encode([phrase["text"] for phrase in phrases])
    links = linker.links(vectors, threshold)
    about = digital[links.row]
    hit = right[links.row, links.concept]
    silent = ~np.isin(np.arange(len(phrases)), links.row)
    offered = linker.links(vectors, SUGGESTED_FROM, N_SUGGESTIONS)
    offered_right = offered.row[right[offered.row, offered.concept]]
    off = [
        statement
        for statement in read_statements(shipped(CATALOGUE)).off_topic
        if statement.measured
    ]
    off_links = linker.links(encoder.encode([statement.text for statement in off]), threshold)
    n_digital = float(digital.sum())
    return {
        "phrases": n_digital,
        "links": float(about.sum()),
        "precision": float(hit[about].mean()),
        "near": float(close[links.row, links.concept][about].mean()),
        "recall": len(np.unique(links.row[hit])) / n_digital,
        "suggested": len(np.unique(offered_right)) / n_digital,
        "leadership_abstained": float(silent[~digital].mean()),
        "off_topic_abstained": 1 - len(np.unique(off_links.row)) / len(off),
    }


def external_table(encoder: Encoder, linker: ConceptLinker) -> str:
    """Return what thresholds mean for the sample organisation's phrases, Markdown."""
    head = "| threshold | language | precision | near | recall | suggested | leadership abstains |"
    lines = [head, "|---|---|---|---|---|---|---|"]
    for threshold in THRESHOLDS:
        for language in LANGUAGES:
            measures = external_check(encoder, linker, 1, (language,), threshold)
            cells = " | ".join(f"{measures[name]:.2f}" for name in COLUMNS)
            lines.append(f"| {threshold} | {language} | {cells} |")
    return "\n".join(lines)


def suggested_for_plain(encoder: Encoder, linker: ConceptLinker) -> float:
    """Return for how many plain statements the right concept is among the first suggestions."""
    plain = [
        statement
        for statement in read_statements(shipped(CATALOGUE)).plain
        if statement.use == MEASURE
    ]
    vectors = encoder.encode([statement.text for statement in plain])
    offered = linker.links(vectors, SUGGESTED_FROM, N_SUGGESTIONS)
    meant = np.array([linker.concepts.index(statement.concept) for statement in plain])
    return float((offered.concept == meant[offered.row]).sum() / len(plain))


def main() -> None:
    source, encoder = shipped(CATALOGUE), open_encoder()
    with shown_progress() as progress:
        linker = build_linker(encoder, read_catalogue(source), read_statements(source), progress)
    print(measures_table(linker), end="\n\n")
    print(choices_table(linker), end="\n\n")
    bundled = read_linker(shipped(SHIPPED_LINKER), encoder.digest, catalogue_digest(source))
    print(external_table(encoder, bundled), end="\n\n")
    print(f"plain, suggested: {suggested_for_plain(encoder, bundled):.2f}")
    for name, value in (reader_check() | external_check(encoder, bundled)).items():
        print(f"{name.replace('_', ' ')}: {value:.2f}")


if __name__ == "__main__":
    main()
