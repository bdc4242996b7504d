"""Who could teach whom, and why: rules, retrieval, features, reasons."""

from recommender.matching.affinity import goal_affinities, goal_weights
from recommender.matching.answering import Question, RecommenderConfig, answer
from recommender.matching.asking import Asked, ask, ask_for
from recommender.matching.eligibility import EligibilityRules, decide
from recommender.matching.features import FEATURE_NAMES, FEATURE_SCHEMA, FEATURES, Feature
from recommender.matching.index_faiss import NOBODY, StatementIndex
from recommender.matching.mirror import Mirror
from recommender.matching.runs import expand_runs

__all__ = [
    "FEATURES",
    "FEATURE_NAMES",
    "FEATURE_SCHEMA",
    "NOBODY",
    "Asked",
    "EligibilityRules",
    "Feature",
    "Mirror",
    "Question",
    "RecommenderConfig",
    "StatementIndex",
    "answer",
    "ask",
    "ask_for",
    "decide",
    "expand_runs",
    "goal_affinities",
    "goal_weights",
]
