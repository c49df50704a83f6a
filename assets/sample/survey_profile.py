"""The survey of the synthetic programme: who answers, and how the answers are spread."""

from __future__ import annotations

from pydantic import Field

from schemas.config import Strict


class WaveProfile(Strict):
    """Who answers a wave: a number of people, or a share of the first wave and some new people."""

    source: str
    persons: int = 0
    share_of_first: float = 0
    new_persons: int = 0


class ScaleProfile(Strict):
    """A scale: mean, spread and true change in its own points, and how its items scatter.

    ``change`` is the mean over everybody; ``lead`` is by how much the neighbourhoods of the
    programme change more than the comparison ones; ``dose`` is by how much more whoever came to ten
    sessions more changes.
    """

    mean: float
    sd: float
    change: float
    lead: float = 0.0
    dose: float = 0.0
    correlation: float = Field(ge=0, lt=1)
    item_sd: float


class YesNoScale(Strict):
    """A scale whose items count or do not, as in a Rasch model: nothing changes from wave to wave.

    A person stands somewhere on a line (logits, ``mean`` and ``sd``); an item of severity b counts
    with chance 1 / (1 + exp(b - place)). ``severities`` are the instrument's published ones where
    it has them. ``others`` are the answers that do not count, by weight, where there are several.
    """

    mean: float
    sd: float
    correlation: float = Field(ge=0, lt=1)
    severities: dict[str, float] = {}
    others: dict[int, float] = {0: 1.0}


class SurveyProfile(Strict):
    """The survey.

    ``is_exact``: the people there are have the planted mean and spread to the digit, not in
    expectation; off, they are a sample themselves (what coverage of intervals is about).
    ``item_missing`` is the chance that an item of ``scales`` is left out; the form insists on
    those of ``yes_no``.
    """

    youngest: int
    is_exact: bool = True
    waves: dict[str, WaveProfile]
    item_missing: float
    scales: dict[str, ScaleProfile]
    yes_no: dict[str, YesNoScale] = {}
    choices: dict[str, dict[str, float]]
    ticks: dict[str, dict[str, float]]
