"""INTAKE: partners' files become text rows that know where they stood.

What belongs here: finding files, knowing them by hash, opening csv, xlsx and zip, the identifier
gate, headings to our columns, which delivery counts. Every cell is text and stays as written.

What does not: judging a cell (``sorting``), and anything particular to one partner: that is said
in ``raw/<programme>/<partner>/source.yml``.
"""
