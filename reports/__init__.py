"""WHAT PEOPLE READ: the dashboard and the reading kit it stands on.

What belongs here: documents (``.qmd``), the words they show, the brand, and ``kit.py``, which
reads released tables. What does not: any computation on rows of people, and any import of ours.
"""
