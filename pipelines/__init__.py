"""WHEN AND WHERE: the wiring of Dagster and the command line ``lunattiva``.

What belongs here: definitions, jobs, settings, the order of a run, what a person is told. What
does not: anything that knows what a row means.
"""
