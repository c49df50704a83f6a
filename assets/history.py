"""What Dagster's history is told of a table: counts, where its columns come from; never a cell."""

from collections.abc import Callable, Iterable, Sequence

import dagster as dg
import pandas as pd

from schemas.fields import FIELDS


def counts(frame: pd.DataFrame) -> dict[str, int]:
    """Return the counts that a frame carries; anything else might be a cell of somebody's row."""
    if not all(type(each) is int for each in frame.attrs.values()):
        raise TypeError("a table's attrs may hold whole numbers only")
    return {str(name): each for name, each in frame.attrs.items()}


def column(name: str, kind: str) -> dg.TableColumn:
    """Return what Dagster shows of a column: its meaning in both languages, where it is declared."""
    field = FIELDS.get(name)
    return dg.TableColumn(name, kind, f"{field.label.it} / {field.label.en}" if field else None)


def let_go(context: dg.OutputContext) -> None:
    """Have Dagster forget a table that is stored: a job run in this process would keep all of them."""
    kept = context.step_context.output_capture or {}
    for handle in [each for each in kept if each.step_key == context.step_key]:
        del kept[handle]


def lineage(
    context: dg.OutputContext,
    names: Sequence[str],
    columns_of: Callable[[Iterable[str]], dict[str, list[str]]],
) -> dg.TableColumnLineage:
    """Return for each column those of the same name in the tables that this one is made from.

    A name means one thing in the whole house (``schemas/fields.py``), so a column that a table has in
    common with one it is made from comes from there; what is computed has a name of its own.
    """
    graph = context.step_context.job_def.asset_layer.asset_graph
    parents = {each.path[-1]: each for each in graph.get(context.asset_key).parent_keys}
    known = columns_of(parents)
    return dg.TableColumnLineage(
        {
            name: [
                dg.TableColumnDep(parents[table], name)
                for table in sorted(known)
                if name in known[table]
            ]
            for name in names
        }
    )
