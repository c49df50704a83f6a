"""Programmes put together for a test session: of the public files beside the project, and one with faults."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from assets.layout import Layout
from tests.conftest import Ran, shared_run
from tests.integration.spoilt import spoilt_demo

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]

#: Shared file -> its place below ``raw/real``.
PLACES = {
    "attendance/KaggleV2-May-2016.csv.zip": "clinic/2016",
    "survey/2016_uk.csv": "rse/y2016",
    "survey/2017_uk.csv": "rse/y2017",
    "service_access/ingressi-biblioteca-2021.csv": "library/2021",
    "service_access/ingressi-biblioteca-2022.csv": "library/2022",
    "service_access/ingressi-biblioteca-2023.csv": "library/2023",
    "service_access/ingressi-biblioteca-2024.csv": "library/2024",
    "service_access/segnalazioni-municipium.csv": "library/all",
}


def real_files() -> Path:
    """Return the folder of public files: ``LUNATTIVA_REAL``, or the one beside the checkout."""
    given = os.environ.get("LUNATTIVA_REAL")
    return Path(given) if given else REPOSITORY.parent / "shared" / "real"


def real_programme(root: Path) -> Layout:
    """Put the sources of this folder and the public files below a root."""
    shared = real_files()
    if not shared.is_dir():
        pytest.skip(f"the public files are not here: no folder {shared.name} (set LUNATTIVA_REAL)")
    shutil.copytree(HERE / "real" / "raw", root / "raw")
    for name, place in PLACES.items():
        folder = root / "raw" / "real" / place
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(shared / name, folder / Path(name).name)
    return Layout(root, "real")


@pytest.fixture(scope="session")
def real_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a root whose ``raw/real`` holds the sources of this folder and the public files."""
    return real_programme(tmp_path_factory.mktemp("real")).root


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Return one run of the public files' programme. Never write below its root: others read it too."""
    ran = shared_run(tmp_path_factory, "real", real_programme)
    assert ran.code == 0, f"exit {ran.code}\n{ran.out}\n{ran.err}"
    return ran


@pytest.fixture(scope="session")
def spoilt_run(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Return one run of the spoilt demo. Never write below its root: take ``own_copy`` of it."""
    return shared_run(tmp_path_factory, "spoilt", spoilt_demo)
