"""WHAT CHANGED, AND HOW SURE WE ARE: pure statistics, one question a module.

What belongs here: reliability, matched change, interrupted time series, time to closing. What
does not: reading answers into scores or counting (``measures``), hiding small numbers
(``release``), and sentences about results, which follow the design an estimate carries.
"""
