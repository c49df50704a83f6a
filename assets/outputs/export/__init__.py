"""THE OPEN DATA PACKAGE: the released tables in open formats, described for people and machines.

What belongs here: turning released tables into files and descriptions, the same bytes for the same
release. What does not: any other table of the house, and words about what a number means.
"""
