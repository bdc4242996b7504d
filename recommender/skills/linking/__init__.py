"""Which concepts of the catalogue a statement is about."""
