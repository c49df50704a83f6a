"""Rendering: one door to Quarto where it is installed, to the embedded renderer where not.

>>> render(RenderJob(source=Path("reports/dashboard.qmd"), params={"period": "2022Q1"},
...                  lang="it", out_dir=out, stem="2022Q1-it"), cache_dir=cache)  # doctest: +SKIP

The dialect both engines render (anything else fails with file and line)
------------------------------------------------------------------------
**Front matter** ``title subtitle author date lang format bibliography csl number-sections toc
toc-depth execute fig-width fig-height``; formats ``dashboard`` (alone), ``html``, ``typst`` (this
is the PDF), ``docx``. Write ``execute: {echo: false, warning: false}``. No moving date (``today``).

**Two languages in one source**: a key, cell option, block or heading attribute ending in ``-it`` or
``-en`` replaces the plain one when the job has that language: ``title-en: ...`` in front matter,
``#| fig-cap-en: ...`` in a cell, ``::: {.card title="Casa" title-en="Home"}``,
``## Persone {title-en="People"}``. Longer text: ``::: {.content-visible when-meta="is-it"}`` (or
``is-en``). Inline code works anywhere in the text, also in headings and captions of blocks.

**Front matter from the caller**: ``RenderJob.meta`` replaces ``title``, ``subtitle`` and the like.

**Parameters**: a cell ``#| tags: [parameters]`` assigns defaults; a job may only set those names.

**Shortcodes**: ``{{< include part.qmd >}}`` (alone on its line), ``{{< meta key >}}``,
``{{< pagebreak >}}``.

**Cells** ``{python}`` with ``#|`` options ``label fig-cap fig-alt tbl-cap echo output (true, false,
asis) tags title fig-width fig-height include eval warning (false) code-fold
column expandable``. Shown: printed text, Markdown (wins over anything else), figures (SVG; PNG in
Word), plain text of *every* expression line (end the cell with ``;`` to silence it). A value that
is HTML only is an error; a figure whose output's metadata has ``data`` (``words``, ``href``, ``name``)
gets that link below it in a page. Standard error never reaches a page. Inline: `` `{python} expression` ``
(text is escaped; return ``IPython.display.Markdown`` for markup).

**Figures and tables**: ``#| label: fig-x`` + ``fig-cap`` + ``fig-alt``; ``#| label: tbl-x`` +
``tbl-cap`` on a cell that shows Markdown; ``![cap](a.png){#fig-x fig-alt="..."}``; ``: cap {#tbl-x}``
below a table; or ``::: {#fig-x}`` content, last paragraph the caption (inline code allowed there, so
this is how a caption gets a number). ``$$ ... $$ {#eq-x}``; ``# Heading {#sec-x}``. Refer with
``@fig-x`` (Figura 1.2), ``[-@fig-x]`` (1.2), ``[vedi @fig-x]``, ``[@fig-x; @tbl-y]``. A picture
without description is an error. Citations ``[@key, p. 3]``; list under ``::: {#refs}``.
Lists of figures and tables are lists of references (``- @fig-x: caption``) in ``::: {.list-of-figures}`` or
``{.list-of-tables}``; one that leaves a number out is an error. ``RenderJob.pictures`` lie in ``pictures/``.

**Blocks**: ``.callout-note|tip|warning|important|caution`` (``title=``, ``collapse="true"``),
``.panel-tabset``, ``.content-visible|hidden`` (``when-format unless-format when-meta unless-meta``),
footnotes, definition lists, maths (MathML). Other classes: allow them in ``lunattiva-classes: [..]``.

**Dashboard** (HTML): ``# Title`` = page, ``## Row`` (``## Column`` with ``format: dashboard: orientation:
columns``), ``### Column`` in it; ``{width="40%"}`` ``{height="20rem"}`` ``{.tabset}``. Quarto shows no words of
rows and columns, so others are an error. Each cell that shows something is a card (``title``; or its first
printed line is ``title=...``); ``::: {.card title="..."}`` likewise; other text stands free. A card
``{.card .opens title="..."}`` of one paragraph, alone in its row, opens a section: a heading, then the rows up
to the next such card or a ``## Row {.apart}``; a narrow screen shows the paragraph and folds the rows.
Value boxes: ``::: {.valuebox title= icon= color=}`` with value and note as paragraphs (or title, value, note).
Colours primary secondary success info warning danger light dark; icons: filters/icons.lua. Do not label
figures with ``fig-`` unless they need a number.

**Book** ``_quarto.yml``: ``book: {title, author, chapters, appendices}`` with ``part:`` entries,
``bibliography csl lang format number-sections toc``. One kernel per chapter; nothing is shared.
The PDF is written as PDF/UA-1: pictures need their description and heading levels no gaps, or it
fails. By Quarto an HTML book is several pages beside ``stem.html``; embedded it is one file.
In Word a book's headings take their numbers from a list, and captions, references, contents and lists
of figures and tables are fields that Word updates (``filters/fields.lua``, ``word_book.py``).

**Style**: ``brand/lunattiva.css`` beside the source or in ``reports/`` (or LUNATTIVA_BRAND_CSS in the
job's environment) is added after the renderer's own; override its custom properties
(``--accent --ink --paper --wash --rule --font``). matplotlib draws with its bundled fonts.

What belongs here: reading, running, layout. What does not: data, words of a document, figures.
"""

from __future__ import annotations

from assets.outputs.render.door import render, render_many
from assets.outputs.render.job import RenderJob, RenderResult
from assets.outputs.render.problems import RenderError
from assets.outputs.render.quarto import find_quarto

__all__ = [
    "RenderError",
    "RenderJob",
    "RenderResult",
    "find_quarto",
    "render",
    "render_many",
]
