"""The programmes of a simulated province: a few samples made once, then the same files under other names."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from assets.layout import Layout
from assets.sample import DEFAULT_SEED, make_sample
from assets.sample.profile import Profile, read_profile
from tests.conftest import small_demo

#: Samples of the demo's size, each of its own seed; a province takes them in turn.
SEEDS = 4


def samples(folder: Path, kind: str, times: int) -> list[Path]:
    """Return the raw folders that a province of this kind is made of, making those that are missing.

    Parameters
    ----------
    kind
        ``small`` (the demo's size), ``light`` (fewer questions and deliveries) or ``large``.
    times
        How many times the demo's people, contacts and questionnaires, where it is ``large``.
    """
    wanted = {"small": SEEDS, "light": 1, "large": 1}[kind]
    size = f"-{times}" if kind == "large" else ""
    return [_made(folder / f"{kind}{size}-{n}", kind, times, n) for n in range(wanted)]


def put(root: Path, name: str, source: Path, *, with_documents: bool = False) -> Layout:
    """Put a sample into a province under a name of its own; its deliveries are the same files.

    Parameters
    ----------
    with_documents
        Whether its runs draw the thesis and the neighbourhood's sheet: of a province few do.
    """
    made = root / "raw" / name
    shutil.rmtree(made, ignore_errors=True)
    shutil.copytree(source, made, copy_function=_same_file)
    declared = made / "programme.yml"
    text = declared.read_text("utf-8")
    declared.unlink()  # or the sample's own would be written to
    text = text.replace("\nprogramme: demo\n", f"\nprogramme: {name}\n")
    declared.write_text(text if with_documents else f"{text}\ndocuments: []\n", "utf-8")
    return Layout(root, name)


def rows_of(source: Path) -> str:
    """Return how much a sample is: megabytes and files."""
    files = [each for each in source.rglob("*") if each.is_file()]
    return f"{sum(each.stat().st_size for each in files) / 2**20:.0f} MB in {len(files)} files"


def _made(folder: Path, kind: str, times: int, number: int) -> Path:
    raw = folder / "raw" / "demo"
    if raw.is_dir():
        return raw
    new = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    if kind == "light":
        small_demo(new)
    else:
        profile = read_profile()
        more = many(profile, times) if kind == "large" else profile
        make_sample(new / "raw" / "demo", DEFAULT_SEED + number, more)
    for path in (new / "raw" / "demo").glob(
        "*/source.yml"
    ):  # the codes of so many people are longer
        text = path.read_text("utf-8").replace("{3}\\Z", "{3,}\\Z").replace("{4}\\Z", "{4,}\\Z")
        path.write_text(text, "utf-8")
    new.rename(folder)
    return raw


def many(profile: Profile, times: int) -> Profile:
    """Return a profile with so many times the people, households, contacts and questionnaires."""
    people, survey = profile.people, profile.survey
    grown = {
        "persons": people.persons * times,
        "households": people.households * times,
    }
    waves = {
        code: each.model_copy(
            update={"persons": each.persons * times, "new_persons": each.new_persons * times}
        )
        for code, each in survey.waves.items()
    }
    services = {
        code: each.model_copy(update={"per_month": each.per_month * times})
        for code, each in profile.services.items()
    }
    return profile.model_copy(
        update={
            "people": people.model_copy(update=grown),
            "survey": survey.model_copy(update={"waves": waves}),
            "services": services,
        }
    )


def _same_file(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another disk, or none that can
        shutil.copy2(source, target)
