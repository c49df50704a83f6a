"""The sheet's pictures: plain shapes in one colour and grey, readable in a copy without colour."""

from __future__ import annotations

INK, PALE = "#1b5e7b", "#d3dbdf"
FIGURES = 10


def _svg(width: int, height: int, body: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}">{body}</svg>'
    )


def _figure(x: int, colour: str, scale: float = 1.0, y: int = 0) -> str:
    return (
        f'<g transform="translate({x} {y}) scale({scale})" fill="{colour}" stroke="{INK}" '
        'stroke-width="1.5"><circle cx="20" cy="14" r="11"/>'
        '<path d="M4 72V46a16 16 0 0 1 32 0v26z"/></g>'
    )


def row(filled: int, *, from_right: bool = False) -> str:
    """Return ten figures of which some are filled in, from the side the reader begins at."""
    colours = [INK if i < filled else "#ffffff" for i in range(FIGURES)]
    ordered = reversed(colours) if from_right else colours
    each = [_figure(i * 46, colour) for i, colour in enumerate(ordered)]
    return _svg(FIGURES * 46 - 6, 76, "".join(each))


def people() -> str:
    """Return a group of three."""
    back = _figure(6, PALE, 1.2, 6) + _figure(66, PALE, 1.2, 6)
    return _svg(120, 104, back + _figure(34, INK, 1.35, 4))


def calendar() -> str:
    """Return a calendar's leaf."""
    days = "".join(
        f'<rect x="{20 + 24 * c}" y="{48 + 20 * r}" width="14" height="11" rx="2" '
        f'fill="{INK if (r, c) in ((0, 1), (1, 2), (1, 0)) else PALE}"/>'
        for r in range(2)
        for c in range(4)
    )
    return _svg(
        120,
        104,
        f'<rect x="8" y="14" width="104" height="82" rx="8" fill="#fff" stroke="{INK}" '
        f'stroke-width="4"/><path d="M8 38h104M34 6v16M86 6v16" stroke="{INK}" stroke-width="5" '
        f'fill="none"/>{days}',
    )


def house() -> str:
    """Return a house with an open door."""
    return _svg(
        120,
        104,
        f'<path d="M8 54 60 10l52 44" fill="none" stroke="{INK}" stroke-width="6"/>'
        f'<path d="M22 48v48h76V48" fill="{PALE}" stroke="{INK}" stroke-width="4"/>'
        f'<path d="M50 96V62h22v34z" fill="#fff" stroke="{INK}" stroke-width="3"/>'
        f'<path d="M50 62l-14 6v32l14-4z" fill="{INK}"/>',
    )


def face(direction: int) -> str:
    """Return a face: glad above zero, sorry below, calm at zero."""
    mouths = {1: "M38 64q22 24 44 0", 0: "M40 68h40", -1: "M38 74q22-22 44 0"}
    return _svg(
        120,
        104,
        f'<circle cx="60" cy="52" r="44" fill="#fff" stroke="{INK}" stroke-width="5"/>'
        f'<circle cx="44" cy="42" r="5" fill="{INK}"/><circle cx="76" cy="42" r="5" fill="{INK}"/>'
        f'<path d="{mouths[direction]}" fill="none" stroke="{INK}" stroke-width="5"/>',
    )


def shield() -> str:
    """Return a shield with a tick."""
    return _svg(
        120,
        104,
        f'<path d="M60 6l42 14v30c0 26-18 40-42 50C36 90 18 76 18 50V20z" fill="{PALE}" '
        f'stroke="{INK}" stroke-width="4"/><path d="M40 52l15 16 27-32" fill="none" '
        f'stroke="{INK}" stroke-width="7"/>',
    )
