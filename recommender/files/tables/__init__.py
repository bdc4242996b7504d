"""Tables in files, CSV or Excel: what reading and writing people and feedback have in common."""
