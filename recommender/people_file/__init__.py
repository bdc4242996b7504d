"""People, their statements and their pairs as files: CSV, JSON Lines and Excel, in and out."""

from recommender.people_file.reader import read_people
from recommender.people_file.records import PairRecord, PeopleFile, PersonRecord
from recommender.people_file.writer import write_people

__all__ = ["PairRecord", "PeopleFile", "PersonRecord", "read_people", "write_people"]
