"""People, their statements and their pairs as files: CSV and Excel, in and out."""

from recommender.files.people.file import FORMS, read_people, write_people
from recommender.files.people.records import PairRecord, PeopleFile, PersonRecord

__all__ = ["FORMS", "PairRecord", "PeopleFile", "PersonRecord", "read_people", "write_people"]
