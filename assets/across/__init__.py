"""Several programmes side by side, from their released tables alone: no row of a person comes here.

What belongs: reading released folders, judging what may be compared, pooling what may be pooled.
What does not: anything about one programme, or any file of a partner.
"""
