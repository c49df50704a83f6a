"""WHAT IS COUNTED: participation, scale scores, service contacts, plain descriptive estimates.

What belongs here: numbers that describe what was done and what people answered, by period and
group, with the people behind them. What does not: anything that compares before with after, fits
a model or claims a change (``impact``), and anything that hides small numbers (``release``).
"""
