"""Tables in files, CSV or Excel: one way in and one way out, whatever the tables hold."""
