"""Proposals for the demo's files, beside the sources people wrote for them: what is sure is right."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assets.intake.propose import draft
from assets.intake.propose_file import look_at
from assets.intake.propose_yaml import write
from assets.layout import REPOSITORY, Layout
from schemas.config import read_config
from schemas.source import PartnerSources, Source

LAYOUT = Layout(REPOSITORY, "demo")
#: One file of every source: partner, source, place.
FILES = {
    "registro_laboratori": "alcenero/2022Q1/registro_laboratori_2022Q1_sintetico.xlsx",
    "presenze": "csv/2022Q1/presenze_2022Q1_sintetico.csv",
    "formazione": "solco/2022Q1/formazione_2022Q1_sintetico.xlsx",
    "sportello_lavoro": "solco/2022Q1/sportello_lavoro_2022Q1_sintetico.csv",
    "centro_ascolto": "agape/2022Q1/centro_ascolto_2022Q1_sintetico.xlsx",
    "emporio": "agape/2022Q1/emporio_2022Q1_sintetico.csv",
    "sportello_casa": "aler/2022/sportello_casa_2022_sintetico.xlsx",
    "questionario_google": "comune/pre/questionario_google_pre_sintetico.xlsx",
    "questionario_limesurvey": "comune/post/questionario_limesurvey_post_sintetico.csv",
}


def headings_of(source: Source) -> dict[str, list[str]]:
    found = {}
    for name, column in source.columns.items():
        if column.heading is not None:
            found[name] = [column.heading] if isinstance(column.heading, str) else column.heading
    return found


@pytest.mark.parametrize("code", FILES)
def test_what_is_sure_is_what_a_person_wrote(code: str, tmp_path: Path):
    path = LAYOUT.raw / FILES[code]
    partner = FILES[code].split("/")[0]
    true = next(s for s in LAYOUT.partner_sources(partner).sources if s.source == code)
    made = draft(
        look_at(path.read_bytes(), path.name), LAYOUT.definition, partner, LAYOUT.instruments
    )
    written = write(made, "../../../schemas/source.schema.json")
    text = "\n".join(written.lines) + "\n"
    assert made.choice.dataset == true.dataset
    mine = {each.name: each for each in made.choice.guesses}
    by_position = {each.position: each.heading for each in made.columns}
    wrong, right = [], 0
    for name, guess in mine.items():
        wanted = [each.split("*")[0] for each in headings_of(true).get(name, [])]
        is_right = any(by_position[guess.position].startswith(each) for each in wanted)
        right += is_right
        if guess.is_sure and not is_right:
            wrong.append(name)
    assert wrong == []
    assert right >= 0.85 * len(headings_of(true))
    # Decided as proposed, it loads; where a needed column is lacking, that is told.
    file = tmp_path / "source.yml"
    decided = re.sub(r"(?m)^    to_confirm:.*(\n      - .*)*\n", "", text)
    file.write_text(decided, encoding="utf-8")
    if not made.lacking:
        found = read_config(file, PartnerSources).sources[0]
        for name, column in found.columns.items():
            known = (
                {cell: c for cell, c, _ in true.columns[name].all_codes()}
                if name in true.columns
                else {}
            )
            for cell, our in column.plain_codes.items():
                assert name in written.to_confirm or known.get(cell, our) == our, (name, cell)
        blocks = {block.instrument: dict(block.items) for block in found.questions}
        for block in true.questions:
            if block.instrument:
                assert list(blocks[block.instrument]) == list(block.items)
    else:
        assert all(
            any(each.startswith(name) for each in written.to_confirm) for name in made.lacking
        )
