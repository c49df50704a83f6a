"""A release that is out renders as it was, whatever the programme has become since: it carries all its pages say."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from assets.layout import Apart, Layout
from assets.outputs.dashboard import _job
from assets.outputs.render.together import render_together
from tests.conftest import Ran

_LATER = """\
programme: demo
title: {it: "Un altro titolo", en: "Another title"}
synthetic: true
from: 2019-01-01
to: 2030-12-31
partners: {nobody: {label: {it: "Nessuno", en: "Nobody"}}}
"""


@pytest.fixture
def later(demo: Ran, workplace: Path) -> Apart:
    """Return the demo's release alone, in a programme that has changed in all its declarations.

    No delivery, no warehouse, no drawing kept from before; another ``programme.yml``; sources, waves,
    services and scales that the release knows are declared no more.
    """
    layout = Layout(workplace, "demo")
    layout.raw.mkdir(parents=True)
    (layout.raw / "programme.yml").write_text(_LATER, encoding="utf-8")
    out = workplace / "published" / "2023Q2-r1"
    shutil.copytree(demo.layout.released, out)
    return Apart(workplace, "demo", out)


def test_a_page_of_an_old_release_has_the_same_bytes_after_all_else_has_changed(demo, later):
    about = json.loads((later.released / "manifest.json").read_text(encoding="utf-8"))
    job = _job(later, about, about["latest_quarter"], "it", "html")
    (made,) = (
        path
        for result in render_together([job], cache_dir=later.render_cache)
        for path in result.paths
    )
    assert made.parent == later.folder
    assert made.read_bytes() == (demo.layout.reports_output / made.name).read_bytes()
    assert later.definition.title.it == "Un altro titolo"  # what is read now is another programme
