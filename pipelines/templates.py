"""Empty forms of one source, written to a folder: which source, which forms, under which names."""

from __future__ import annotations

import os
import re
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from assets.errors import ConfigurationError
from assets.layout import Layout
from assets.outputs.templates.standard import standard_source
from pipelines.expected import faulty_sources
from schemas.config import nearest
from schemas.datasets import DATASETS
from schemas.source import OWN_FORM, Source


@dataclass
class Written:
    """What was written.

    Attributes
    ----------
    files
        Kind of form (a key of ``messages.yml``) and path, in order.
    left_out
        Questions that an empty form cannot hold.
    """

    source: Source
    files: list[tuple[str, Path]] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def write_templates(layout: Layout, name: str, folder: Path) -> Written:
    """Write the forms of a source of the programme, or of a dataset for a partner that has none.

    Raises
    ------
    ConfigurationError
        No such source; the folder cannot be written to.
    """
    from assets.outputs.templates.columns import asked_of, left_out
    from assets.outputs.templates.paper import questionnaire_pdf, register_pdf
    from assets.outputs.templates.workbook import template_workbook
    from assets.outputs.templates.xlsform import survey_form

    source = find_source(layout, name)
    programme, instruments = layout.definition, layout.instruments
    asked = asked_of(source, programme, instruments)
    written = Written(source, left_out=left_out(source))

    def keep(kind: str, file_name: str, content: bytes) -> None:
        written.files.append((kind, _write(folder / file_name, content)))

    expected = expected_name(source)
    stem = f"{Path(expected).stem}"
    keep("workbook", f"{stem}.xlsx", template_workbook(source, asked, expected))
    if name in DATASETS:
        keep("source", f"{stem}.source.yml", _as_yaml(source))
    if source.dataset == "survey":
        form = survey_form(source, asked, programme, instruments)
        keep("form", f"{stem}.xlsform.xlsx", form)
        for lang in ("it", "en"):
            page = questionnaire_pdf(source, asked, programme, instruments, lang)
            keep("questionnaire", f"{stem}_{lang}.pdf", page)
    if source.dataset == "attendance":
        for lang in ("it", "en"):
            page = register_pdf(source, asked, programme, lang)
            keep("register", f"{stem}_{lang}.pdf", page)
    return written


def find_source(layout: Layout, name: str) -> Source:
    """Return the source called ``name`` or ``partner/name``; for a dataset its standard source.

    Raises
    ------
    ConfigurationError
        None or several have the name; the nearest is told.
    """
    if name in DATASETS:
        return standard_source(name, layout.definition, layout.instruments)
    known = {
        f"{partner}/{source.source}": source
        for partner, sources in layout.readable_sources.items()
        for source in sources.sources
    }
    fitting = [full for full in known if name in (full, full.partition("/")[2])]
    if len(fitting) == 1:
        return _filled_out(known[fitting[0]], layout)
    faulty = {p: w for p, w in faulty_sources(layout).items() if w["en"] != "source.yml?"}
    if not fitting and faulty:
        said = {lang: "; ".join(each[lang] for each in faulty.values()) for lang in ("it", "en")}
        raise ConfigurationError(said["it"], said["en"])
    listed = ", ".join([*(fitting or known), *DATASETS])
    near = nearest(name, [*known, *(full.partition("/")[2] for full in known), *DATASETS]) or "-"
    raise ConfigurationError(
        f"«{name}» non indica una sola fonte. Più simile: {near}. Fonti: {listed}",
        f"'{name}' does not name one source. Nearest: {near}. Sources: {listed}",
    )


def _filled_out(source: Source, layout: Layout) -> Source:
    """Return a source of our own form with the questions that it leaves to the form to say."""
    if source.form != OWN_FORM or source.questions:
        return source
    full = standard_source(source.dataset, layout.definition, layout.instruments)
    kept = {"source": source.source, "label": source.label, "files": source.files}
    return full.model_copy(update=kept)


def expected_name(source: Source) -> str:
    """Return a file name that the source expects: stars at the ends go, or become the period."""
    pattern = source.files[0]
    name = re.sub(r"\A\*_?", "", pattern)
    named = name.replace("*", "PERIODO").replace("?", "0")
    return named if "." in named else f"{named}.xlsx"


def _as_yaml(source: Source) -> bytes:
    import io

    from ruamel.yaml import YAML

    about = source.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    stream = io.StringIO()
    writer = YAML()
    writer.default_flow_style = False
    writer.width = 120
    writer.dump({"partner": "CODICE_DEL_PARTNER", "sources": [about]}, stream)
    return stream.getvalue().encode()


def _write(path: Path, content: bytes) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ConfigurationError(
            f"Non si può scrivere {path}: {reason}. Scegliere un'altra cartella con --out, o "
            "chiudere il file se è aperto in Excel.",
            f"{path} cannot be written: {reason}. Choose another folder with --out, or close the "
            "file if it is open in Excel.",
        ) from None
    return path
