"""Figures of the whole programme, drawn once for all pages that one kernel makes.

The page of a quarter, that of the whole programme and the sheets to file show the same pictures:
drawing them is most of a page's time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt

from reports import _origin

if TYPE_CHECKING:
    from reports._style import HouseFigure
    from reports.kit import Kit

_drawn: dict[tuple[Any, ...], tuple[HouseFigure, dict[str, Any]]] = {}


def once(make: Callable[..., HouseFigure]) -> Callable[..., HouseFigure]:
    """Return the maker of a figure that is the same on every page of a language and release.

    Only while documents are rendered: a notebook may change what it draws from.
    """

    def kept(k: Kit, **options: Any) -> HouseFigure:
        if not _origin.is_marking():
            return make(k, **options)
        release = tuple((code, each["sha256"]) for code, each in k.manifest["tables"].items())
        width = tuple(plt.rcParams["figure.figsize"])
        key = (make.__name__, k.lang, release, width, repr(sorted(options.items())))
        if key not in _drawn:
            _drawn[key] = _noted(make, k, options)
        figure, names = _drawn[key]
        _origin.shown.update(names)
        return figure

    kept.__doc__ = make.__doc__
    return kept


def _noted(
    make: Callable[..., HouseFigure], k: Kit, options: dict[str, Any]
) -> tuple[HouseFigure, dict[str, Any]]:
    """Return a figure that is drawn when it is first shown, and the numbers it holds."""
    before = dict(_origin.shown)
    _origin.shown.clear()
    figure = make(k, **options)
    names = dict(_origin.shown)
    _origin.shown.clear()
    _origin.shown.update({**before, **names})
    draw = figure._repr_mimebundle_
    bundle: list[tuple[dict[str, Any], dict[str, Any]]] = []

    def shown(**_: Any) -> Any:
        if not bundle:
            bundle.append(draw())
        return bundle[0]

    figure._repr_mimebundle_ = shown  # type: ignore[method-assign]
    return figure, names
