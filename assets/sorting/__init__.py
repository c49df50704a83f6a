"""SORTING: text rows become typed rows, and each is accepted or quarantined with its reasons.

What belongs here: parsing, the rules of the schemas, the split, the count that shows that nothing
was lost. What does not: mending a cell, or knowing where a file came from beyond its source.

``validate.py`` is the only module in which errors that carry rows are caught.
"""
