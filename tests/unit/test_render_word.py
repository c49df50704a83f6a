"""Word files are the same bytes on every system."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from types import SimpleNamespace

from assets.outputs.render import word
from assets.workbooks import member


def test_the_reference_is_the_same_whatever_line_ends_pandoc_has(tmp_path, monkeypatch):
    """Pandoc for Windows has some of its own parts with other line ends."""
    plain = word.reference_docx(tmp_path / "plain.docx").read_bytes()
    run = subprocess.run

    def of_windows(*given, **more):
        stream = io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(run(*given, **more).stdout)) as old,
            zipfile.ZipFile(stream, "w") as new,
        ):
            for name in old.namelist():
                new.writestr(name, old.read(name).replace(b"\n", b"\r\n"))
        return SimpleNamespace(stdout=stream.getvalue())

    monkeypatch.setattr(word.subprocess, "run", of_windows)
    assert word.reference_docx(tmp_path / "other.docx").read_bytes() == plain


def test_an_archive_does_not_tell_which_system_wrote_it(monkeypatch):
    monkeypatch.setattr(sys, "platform", "win32")
    assert member("word/document.xml", (1980, 1, 1, 0, 0, 0)).create_system == 3
