"""People, their statements and their pairs as files: CSV, JSON Lines and Excel, in and out."""

from recommender.files.people.forms import FORMS
from recommender.files.people.reader import read_people
from recommender.files.people.records import PairRecord, PeopleFile, PersonRecord
from recommender.files.people.writer import write_people

__all__ = ["FORMS", "PairRecord", "PeopleFile", "PersonRecord", "read_people", "write_people"]
