"""Files in and out: people, feedback and groups, in CSV and Excel."""

from recommender.files.groups import read_groups
from recommender.files.tables.cells import day, moment
from recommender.files.tables.files import replace_files
from recommender.files.tables.forms import Forms

__all__ = [
    "Forms",
    "day",
    "moment",
    "read_groups",
    "replace_files",
]
