"""WHAT IS MADE, in reading order: intake, sorting, core, measures, impact, release, outputs.

Each room is a package of pure modules plus one ``assets.py`` of thin Dagster assets. Rooms do not
import each other: what one makes reaches the next as a table. What every room may use stands
beside this file: errors, estimates, guard, layout, periods, store, versions. ``sample`` makes the
invented demo programme and is no step of the way.

What does not belong here: when and where things run (``pipelines/``) and what is true (``schemas/``).
"""

import os

# Workbooks are written by the standard library everywhere: where lxml happens to be installed
# openpyxl would write the same cells as other bytes.
os.environ["OPENPYXL_LXML"] = "False"
