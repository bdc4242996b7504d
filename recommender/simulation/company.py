"""The facts of the invented maker of pumps and valves: sites, departments, home languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Site:
    """One place of work.

    ``share`` is its weight when a team is placed, ``origins`` weighs the groups of names, and
    ``languages`` holds how likely each language is spoken, the site's own first.
    """

    name: str
    time_zone: str
    share: float
    has_plant: bool
    languages: Mapping[str, float] = field(hash=False)
    origins: Mapping[str, float] = field(hash=False)


@dataclass(frozen=True, slots=True)
class Department:
    """One organisational unit, its share of the people, and the topics it is close to."""

    name: str
    share: float
    in_offices: bool
    topics: frozenset[str]


_GERMAN = {"de": 1.0, "en": 0.82, "fr": 0.07}
_IRISH = {"en": 1.0, "de": 0.25, "fr": 0.06}
_WEST = {"german": 62, "turkish": 12, "italian": 7, "croatian": 8, "polish": 5, "french": 3}
_NORTH = {"german": 72, "turkish": 8, "polish": 12, "indian": 3, "spanish": 2}
_EAST = {"german": 78, "vietnamese": 7, "polish": 9, "turkish": 2, "indian": 2}
_IRELAND = {"irish": 74, "polish": 9, "indian": 6, "english": 4, "spanish": 2, "italian": 2}

SITES = (
    Site("Esslingen", "Europe/Berlin", 0.22, True, _GERMAN, _WEST),
    Site("Kassel", "Europe/Berlin", 0.14, True, _GERMAN, _NORTH),
    Site("Bremen", "Europe/Berlin", 0.09, True, _GERMAN, _NORTH),
    Site("Leipzig", "Europe/Berlin", 0.09, True, _GERMAN, _EAST),
    Site("Cork", "Europe/Dublin", 0.18, True, _IRISH, _IRELAND),
    Site("Galway", "Europe/Dublin", 0.13, True, _IRISH, _IRELAND),
    Site(
        "Chicago",
        "America/Chicago",
        0.06,
        False,
        {"en": 1.0, "de": 0.15, "es": 0.15},
        {"english": 55, "spanish": 22, "polish": 10, "irish": 8, "german": 5},
    ),
    Site(
        "Pune",
        "Asia/Kolkata",
        0.05,
        False,
        {"en": 1.0, "de": 0.15, "hi": 0.3},
        {"indian": 97, "german": 3},
    ),
    Site(
        "Singapore",
        "Asia/Singapore",
        0.04,
        False,
        {"en": 1.0, "de": 0.1, "zh": 0.1},
        {"chinese": 66, "indian": 24, "english": 10},
    ),
)

HOME_LANGUAGES = {
    "turkish": "tr",
    "polish": "pl",
    "italian": "it",
    "croatian": "hr",
    "indian": "hi",
    "chinese": "zh",
    "spanish": "es",
    "french": "fr",
    "vietnamese": "vi",
}

_OFFICE = (
    "chat_assistant prompt_writing meeting_notes document_search spreadsheet_analysis "
    "online_collaboration ai_use_cases password_mfa phishing_awareness"
)
_FACTORY = (
    "predictive_maintenance visual_inspection digital_twin iot_sensors shopfloor_data cobots "
    "ar_support e_learning"
)
_PROGRAMMING = "python_scripting sql_queries api_integration version_control cloud_basics"
_NUMBERS = "spreadsheet_analysis dashboards data_cleaning forecasting sql_queries"
_MEDIA = "short_video social_media podcasting image_generation web_analytics"
_PAPERWORK = "workflow_automation rpa low_code_apps e_invoicing"
_CARE = "ai_act data_protection ai_bias deepfakes"


def _near(*topics: str) -> frozenset[str]:
    return frozenset(" ".join(topics).split())


BOARD = "Management Board"

DEPARTMENTS = (
    Department("Production", 0.24, False, _near(_FACTORY, "low_code_apps python_scripting")),
    Department("Engineering", 0.13, True, _near("generative_design", _PROGRAMMING, _FACTORY)),
    Department("Sales", 0.12, True, _near(_OFFICE, "machine_translation service_chatbot")),
    Department("After-Sales Service", 0.09, True, _near(_OFFICE, "ar_support service_chatbot")),
    Department("Quality", 0.08, False, _near("visual_inspection data_cleaning", _NUMBERS, _OFFICE)),
    Department("Logistics", 0.07, False, _near("supply_chain_analytics", _NUMBERS, _PAPERWORK)),
    Department("Information Technology", 0.06, True, _near(_PROGRAMMING, _CARE, "agile_boards")),
    Department("Purchasing", 0.05, True, _near("supply_chain_analytics", _NUMBERS, _PAPERWORK)),
    Department("Finance", 0.05, True, _near(_NUMBERS, _PAPERWORK, "sustainability_data deepfakes")),
    Department("Human Resources", 0.04, True, _near("recruiting_ai e_learning", _CARE, _OFFICE)),
    Department("Marketing", 0.04, True, _near(_MEDIA, "machine_translation ai_use_cases")),
    Department(
        "Digital Products",
        0.03,
        True,
        _near("agile_boards knowledge_wiki iot_sensors", _PROGRAMMING, "ai_use_cases ai_bias"),
    ),
)
