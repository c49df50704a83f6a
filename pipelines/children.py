"""Waiting for a program that the command line has started and a person closes."""

from __future__ import annotations

import subprocess

from pipelines import settings


def until_closed(process: subprocess.Popen[bytes]) -> int:
    """Wait for a program to close by itself: Ctrl-C reaches it too, and it has children to end."""
    stopped = False
    while True:
        try:
            code = process.wait()
        except KeyboardInterrupt:
            stopped = True
        else:
            return settings.HELD if stopped else code
