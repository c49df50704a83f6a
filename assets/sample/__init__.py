"""THE SYNTHETIC PROGRAMME: a complete ``raw/demo`` made from the schemas, a profile and a seed.

What belongs here: people who do not exist, what they do, and the files in which partners would
send it, with known effects and known mistakes planted and written down (``planted.yml``). How a
file is spelt (headings, codes, commas, dates) is taken from the same ``source.yml`` that reads it.

What does not: anything Dagster, anything about real people, anything the pipeline needs to run.
"""

from __future__ import annotations

from assets.sample.make import SampleReport, make_sample

#: The seed of the committed demo programme.
DEFAULT_SEED = 20210601

__all__ = ["DEFAULT_SEED", "SampleReport", "make_sample"]
