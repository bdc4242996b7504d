"""Fitting, calibrating and measuring the links of statements to concepts."""
