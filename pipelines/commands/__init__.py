"""One module a command of ``lunattiva``, named as the command.

What belongs here: options, the call, what is said afterwards. Heavy imports stand inside the
functions, so that ``--help`` is quick. What does not: anything a second command or Dagster needs.
"""
