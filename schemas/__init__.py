"""WHAT IS TRUE: declarations only.

What belongs here: each column once, with type, unit, label, disclosure role and its rule in plain
words; what a programme and a source may say; survey instruments; indicators; thresholds; the one
shape of an estimate and of a released table; the words of rules and refusals.

What does not: reading files, computing, drawing, anything that knows Dagster or DuckDB. This
package imports nothing of ours, so that every other room may lean on it.
"""
