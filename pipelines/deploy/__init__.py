"""Many programmes on more than one machine: one PostgreSQL server, workers beside their programmes.

Nothing of this is loaded on a laptop. It needs the extra ``cluster`` (``dagster-postgres``).
"""
