"""JupyterLab on the starter notebooks: what it is told, and what it is not."""

from __future__ import annotations

import importlib.util
import json
import os
import secrets
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assets import seal
from assets.errors import ConfigurationError
from assets.layout import REPOSITORY, Layout
from pipelines import settings

FOLDER = REPOSITORY / "thesis" / "notebooks"
#: How JupyterLab is added; it is no part of what a run needs (38 packages more).
INSTALL = "`make notebook`, `uv run --extra notebook lunattiva notebook`"


def insist_on_jupyter() -> None:
    """Refuse where JupyterLab is not installed, and say how it is added.

    Raises
    ------
    ConfigurationError
        It is not there.
    """
    if importlib.util.find_spec("jupyterlab") is None:
        raise ConfigurationError(
            f"JupyterLab non è installato (serve solo ai quaderni). Uno di questi lo aggiunge: {INSTALL}",
            f"JupyterLab is not installed (only notebooks need it). One of these adds it: {INSTALL}",
        )


@contextmanager
def readable(layout: Layout) -> Iterator[dict[str, str]]:
    """Make the copy that notebooks read; give the environment that names it; delete it at the end.

    The environment holds no key of the store: whoever runs a notebook reads the copy, whose own key
    is thrown away with it.

    Raises
    ------
    ConfigurationError
        Nothing was run yet, the warehouse is in use, or the store's key is not set.
    """
    from assets.outputs.notebook import write_copy

    if not (layout.released / "manifest.json").is_file():
        raise ConfigurationError(
            f"Di «{layout.programme}» non c'è ancora nulla da leggere: prima «lunattiva run».",
            f"There is nothing of '{layout.programme}' to read yet: 'lunattiva run' first.",
        )
    key = secrets.token_hex(32)
    # For this account only, as all that tempfile makes.
    with tempfile.TemporaryDirectory(prefix="lunattiva-", ignore_cleanup_errors=True) as made:
        path = Path(made) / "tables.duckdb"
        write_copy(layout, path, key)
        closed = {seal.KEY_VARIABLE, seal.FORMER_VARIABLE, "LUNATTIVA_BACKUP_KEY"}
        kept = {name: value for name, value in os.environ.items() if name not in closed}
        paths = [str(REPOSITORY), *filter(None, [kept.get("PYTHONPATH")])]
        yield {
            **kept,
            settings.ROOT_VARIABLE: str(layout.root),
            settings.PROGRAMME_VARIABLE: layout.programme,
            "LUNATTIVA_RELEASED": str(layout.released),
            "LUNATTIVA_TABLES": str(path),
            "LUNATTIVA_TABLES_KEY": key,
            "JUPYTER_PREFER_ENV_PATH": "1",  # this environment's kernel before the account's own
            "PYTHONPATH": os.pathsep.join(paths),
        }


def command(environment: dict[str, str], *, is_shown: bool) -> list[str]:
    """Return how JupyterLab is started: for this machine only, asking nothing of the network.

    What it is told in a file is written beside the copy.
    """
    # Jupyter keeps the notebook as last saved, outputs and all: those go when the copy goes.
    temporary = Path(environment["LUNATTIVA_TABLES"]).parent
    kept, chosen = temporary / "checkpoints", temporary / "settings"
    chosen.mkdir()
    quiet = {"fetchNews": "false", "checkForUpdates": False}
    words = json.dumps({"@jupyterlab/apputils-extension:notification": quiet})
    (chosen / "overrides.json").write_text(words, encoding="utf-8", newline="\n")
    return [
        *(sys.executable, "-m", "jupyterlab"),
        f"--ServerApp.root_dir={FOLDER}",
        f"--ServerApp.ip={settings.UI_HOST}",
        f"--ServerApp.open_browser={is_shown}",
        "--ServerApp.answer_yes=True",  # Ctrl-C closes
        f"--FileCheckpoints.checkpoint_dir={kept}",
        f"--LabApp.app_settings_dir={chosen}",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
        "--allow-root",  # as in a container; elsewhere it says nothing
    ]
