"""Answers to the items of a scale, made from where a person stands."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from assets.sample.profile import Profile
from assets.sample.survey_profile import ScaleProfile, YesNoScale
from assets.sample.values import choose
from schemas.instruments import Instrument, shipped

#: Answers of a person (place in the list) in a wave (place in the list): item -> answer.
Answers = Callable[[int, int], dict[str, int | None]]


def make_answers(
    rng: np.random.Generator, profile: Profile, leads: np.ndarray, doses: np.ndarray
) -> list[Answers]:
    """Prepare each scale, with chance of its own: one more at the end does not reshuffle the rest.

    Parameters
    ----------
    leads, doses
        Share of the lead, and tens of sessions, that each person has in each wave (rows), both
        around a mean of 0 over everybody.
    """
    survey = profile.survey
    scales, yes_no = survey.scales, survey.yes_no
    parts = iter(rng.spawn(len(scales) + len(yes_no)))
    exact = survey.is_exact
    found: list[Answers] = []
    for name, scale in scales.items():
        moved = scale.lead * leads + scale.dose * doses
        found.append(
            _points(next(parts), shipped()[name], scale, moved, exact, survey.item_missing)
        )
    for name, lacks in yes_no.items():
        found.append(yes_no_answers(next(parts), shipped()[name], lacks, leads.shape, exact))
    return found


def _points(
    rng: np.random.Generator,
    instrument: Instrument,
    scale: ScaleProfile,
    moved: np.ndarray,
    is_exact: bool,
    missing: float,
) -> Answers:
    """Draw scores; the planted change is the mean change of all the people there are.

    Those who answer are a sample of them, so the analysis finds it within its interval, not to the
    digit.
    """
    scores = _places(rng, scale, moved.shape, is_exact) + moved
    scores += scale.change * np.linspace(0, 1, len(moved))[:, np.newaxis]

    def answers(wave: int, person: int) -> dict[str, int | None]:
        items = spread_over_items(rng, instrument, scores[wave, person], scale.item_sd)
        return _with_gaps(rng, items, missing)

    return answers


def yes_no_answers(
    rng: np.random.Generator,
    instrument: Instrument,
    scale: YesNoScale,
    shape: tuple[int, ...],
    is_exact: bool,
) -> Answers:
    """Draw places on the line; each item counts with the chance that its severity leaves it."""
    places = _places(rng, scale, shape, is_exact)
    published = instrument.rasch.severities if instrument.rasch else {}
    severities = {**published, **scale.severities}

    def answers(wave: int, person: int) -> dict[str, int | None]:
        found: dict[str, int | None] = {}
        for item in instrument.items:
            chance = 1 / (1 + np.exp(severities[item.code] - places[wave, person]))
            other = choose(rng, scale.others)
            found[item.code] = (item.counts or [1])[0] if rng.random() < chance else other
        return found

    return answers


def _places(
    rng: np.random.Generator,
    scale: ScaleProfile | YesNoScale,
    shape: tuple[int, ...],
    is_exact: bool,
) -> np.ndarray:
    """Return where each person stands, one row a wave: equal spread, correlation with the first.

    A person's place in the first wave is drawn; in later waves it is the first one, drawn towards
    the mean.
    """
    draw = _standard if is_exact else _normal
    waves, number = shape
    first = draw(rng, number)
    rows = [first]
    for _ in range(1, waves):
        noise = np.sqrt(1 - scale.correlation**2) * draw(rng, number)
        rows.append(scale.correlation * first + noise)
    return scale.mean + scale.sd * np.array(rows)


def _normal(rng: np.random.Generator, number: int) -> np.ndarray:
    return rng.standard_normal(number)


def _standard(rng: np.random.Generator, number: int) -> np.ndarray:
    """Draw normal numbers whose mean is 0 and whose standard deviation is 1, exactly."""
    drawn = rng.standard_normal(number)
    return (drawn - drawn.mean()) / drawn.std()


def spread_over_items(
    rng: np.random.Generator, scale: Instrument, score: float, item_sd: float
) -> dict[str, int]:
    """Give the items whole answers that score to ``score``.

    The total is rounded up or down at random, so that its expectation is kept (a planted change
    survives rounding); it is then moved over the items, which scatter by ``item_sd``.
    """
    codes = scale.item_codes
    size = len(codes)
    total = score / scale.scoring.multiply * (size if scale.scoring.method == "mean" else 1)
    whole = int(np.clip(np.floor(total + rng.random()), size * scale.low, size * scale.high))
    wanted = whole / size + item_sd * rng.standard_normal(size)
    answers = np.clip(np.rint(wanted), scale.low, scale.high).astype(int)
    while (gap := whole - int(answers.sum())) != 0:
        step = 1 if gap > 0 else -1
        can = answers < scale.high if gap > 0 else answers > scale.low
        distance = np.where(can, step * (wanted - answers), -np.inf)
        answers[int(np.argmax(distance))] += step
    turned = {item.code for item in scale.items if item.is_reversed}
    return {
        code: scale.low + scale.high - int(answer) if code in turned else int(answer)
        for code, answer in zip(codes, answers, strict=True)
    }


def _with_gaps(
    rng: np.random.Generator, items: dict[str, int], missing: float
) -> dict[str, int | None]:
    gaps = rng.random(len(items)) < missing
    return {
        code: None if gap else answer
        for (code, answer), gap in zip(items.items(), gaps, strict=True)
    }
