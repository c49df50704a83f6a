"""EMPTY FORMS that partners fill: an Excel file, a survey form, paper.

What belongs here: a source (or a dataset) in, an empty form out, all of it from the schemas. What
does not: anything that reads data; how a filled form is read is the source's own declaration.
"""
