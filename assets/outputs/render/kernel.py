"""Kernels of this interpreter, told nothing of the user's own Jupyter and matplotlib settings."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

#: Checks addresses with letters of every script for jsonschema, which nbformat loads whether or not
#: it is asked to check any; building its grammar takes longer than starting a kernel.
SLOW_GRAMMAR = "rfc3987_syntax"
#: Whether sockets can lie in a folder, where nobody else reaches them.
IN_FOLDER = os.name == "posix"
MATPLOTLIBRC = """\
svg.hashsalt: lunattiva
svg.fonttype: path
figure.figsize: {width}, {height}
figure.dpi: 96
"""


def kernel_environment(
    env: Mapping[str, str], temp: Path, mpl_cache: Path, meta: Mapping[str, Any]
) -> dict[str, str]:
    """Return the kernels' environment: nothing of this user's Jupyter or matplotlib settings.

    ``LUNATTIVA_PNG`` is ``no``: what Word shows of the house's figures is made of their SVG.
    """
    settings = temp / "jupyter"
    mpl_cache.mkdir(parents=True, exist_ok=True)
    settings.mkdir(parents=True, exist_ok=True)
    rc = temp / "matplotlibrc"
    rc.write_text(
        MATPLOTLIBRC.format(width=meta.get("fig-width", 7), height=meta.get("fig-height", 4)),
        encoding="utf-8",
        newline="\n",
    )
    own = {
        "LUNATTIVA_ENGINE": "embedded",
        "IPYTHONDIR": str(settings / "ipython"),
        "JUPYTER_CONFIG_DIR": str(settings / "config"),
        "JUPYTER_DATA_DIR": str(settings / "data"),
        "JUPYTER_RUNTIME_DIR": str(settings / "runtime"),
        "JUPYTER_NO_CONFIG": "1",
        "MATPLOTLIBRC": str(rc),
        "MPLCONFIGDIR": str(mpl_cache),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "LUNATTIVA_PNG": "no",
        "PYTHONHASHSEED": "0",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "SOURCE_DATE_EPOCH": "0",
        "TZ": "UTC",
    }
    return {**os.environ, **own, **env}


def kernel_manager(temp: Path, number: int, *, with_png: bool) -> Any:
    """Return a manager for this interpreter's kernel, whatever kernelspecs are installed.

    Figures come as SVG, and with `with_png` as PNG at double density too (Word wants those).
    """
    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import AsyncKernelManager

    pictures = "{'svg', 'retina'}" if with_png else "{'svg'}"
    manager = AsyncKernelManager()
    manager._kernel_spec = KernelSpec(
        argv=[
            sys.executable,
            "-m",
            "ipykernel_launcher",
            "-f",
            "{connection_file}",
            "--HistoryManager.enabled=False",
            f"--InlineBackend.figure_formats={pictures}",
            "--InteractiveShell.colors=nocolor",
        ],
        display_name="python",
        language="python",
        metadata={"supported_encryption": "curve"},
    )
    manager.connection_file = str(temp / f"kernel-{number}.json")
    if IN_FOLDER:
        manager.transport = "ipc"  # sockets in our own folder: no port on the machine is opened
    else:
        manager.transport_encryption = "auto"  # ports of the machine: sealed with keys of this run
    return manager


@contextmanager
def without_slow_grammar() -> Iterator[None]:
    """Let what is imported here do without `SLOW_GRAMMAR`: jsonschema takes it where it is there."""
    if SLOW_GRAMMAR in sys.modules:
        yield
        return
    modules: dict[str, Any] = sys.modules
    modules[SLOW_GRAMMAR] = None  # Python's own way to say that a module cannot be imported
    try:
        yield
    finally:
        modules.pop(SLOW_GRAMMAR, None)
