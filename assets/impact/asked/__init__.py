"""Which groups, scales and services each question is asked of; formulas live one floor up.

What belongs here: one module a question, turning core and measure tables into estimate rows with a
pure function of `assets.impact`. What does not: any formula.
"""
