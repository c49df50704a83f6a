"""The programme made of the public files beside the project, put together afresh for a test session."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

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


@pytest.fixture(scope="session")
def real_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a root whose ``raw/real`` holds the sources of this folder and the public files."""
    shared = real_files()
    if not shared.is_dir():
        pytest.skip(f"the public files are not here: no folder {shared.name} (set LUNATTIVA_REAL)")
    root = tmp_path_factory.mktemp("real")
    shutil.copytree(HERE / "real" / "raw", root / "raw")
    for name, place in PLACES.items():
        folder = root / "raw" / "real" / place
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(shared / name, folder / Path(name).name)
    return root
