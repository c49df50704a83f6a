"""Write a draft as ``source.yml``: every guess on its line, with its certainty and why, in Italian and English."""

from __future__ import annotations

from assets.intake.grid import letter
from assets.intake.identifiers import KINDS
from assets.intake.propose import LEAST_ROWS, Draft, entries, place
from assets.intake.propose_lines import CONFIRM, Writer, certainty, quoted
from assets.intake.propose_match import LIKELY, SURE, Column, Guess, code_words
from assets.intake.propose_reader import reader_lines
from assets.intake.propose_survey import Block
from assets.intake.propose_text import is_quotable, slug
from schemas.fields import FIELDS

_HEAD = """\
# Proposta di «lunattiva map», da confermare. Per ogni riga segnata {confirm}: correggerla o togliere il
# segno di commento (#), poi togliere la sua voce da to_confirm, in fondo. Finché in to_confirm resta una
# voce il file non si carica: niente è accettato senza che qualcuno lo abbia deciso.
# Certezza: sicuro (da {sure} %), probabile (da {likely} %), incerto. Del file sono ripetute le intestazioni
# e le voci di elenchi presenti in almeno {least} righe, di almeno {least} persone; le altre no, per non
# mostrare dati di nessuno: aprire il file e aggiungerle.
# ---
# A proposal of 'lunattiva map', to be confirmed: mend each line marked {confirm} or take its # away, then
# take its entry out of to_confirm, at the end; until that is empty the file does not load. Only headings and
# entries of lists that stand in at least {least} rows, of {least} people, are repeated from the file.
"""


def write(made: Draft, schema_path: str) -> Writer:
    """Return the proposal as lines of YAML.

    Parameters
    ----------
    schema_path
        Where ``source.schema.json`` lies as seen from the file, for editors.
    """
    out = Writer()
    out.lines.append(f"# yaml-language-server: $schema={schema_path}")
    head = _HEAD.format(confirm=CONFIRM, sure=SURE, likely=LIKELY, least=LEAST_ROWS)
    out.lines.extend(head.splitlines())
    _identifiers(out, made)
    out.add(f"partner: {made.partner}")
    out.add("sources:")
    _about(out, made)
    out.lines.extend(reader_lines(made))
    _columns(out, made)
    if made.choice.dataset == "survey":
        _questions(out, made)
    _ignored(out, made)
    _to_confirm(out)
    return out


def _identifiers(out: Writer, made: Draft) -> None:
    for position, kinds in sorted(
        made.looked.identifiers.items(), key=lambda e: (e[0] is None, e[0] or 0)
    ):
        it = ", ".join(f"{KINDS[kind].it} ({n})" for kind, n in kinds)
        en = ", ".join(f"{KINDS[kind].en} ({n})" for kind, n in kinds)
        where = (
            f"colonna/column {letter(position)}"
            if position is not None
            else "fuori dalle colonne / beside the columns"
        )
        out.lines += [
            f"# ATTENZIONE, {where}: {it}. Il file così viene rifiutato, anche se la colonna è in ignore:",
            f"# chiedere al partner una copia senza. / WARNING: {en}. The file is refused as it is, even where",
            "# the column is ignored: ask the partner for a copy without it.",
        ]
    if made.looked.identifiers:
        out.decide(
            "dati identificativi: chiedere una copia senza / identifiers: ask for a copy without"
        )


def _about(out: Writer, made: Draft) -> None:
    label = quoted(made.label)
    _, rating = certainty(made.choice.percent)
    is_sure = made.choice.percent >= SURE
    mark = "" if is_sure else f" - {CONFIRM}"
    out.add(f"  - source: {made.source}", "un nome breve", "a short name")
    out.add(
        f"    dataset: {made.choice.dataset}", f"{rating}{mark}: attendance, survey, service_access"
    )
    if not is_sure:
        out.decide("dataset")
    out.add(
        f"    label: {{it: {label}, en: {label}}}",
        "come si chiama per chi legge",
        "its name for readers",
    )
    out.add(
        f"    files: [{quoted(made.pattern)}]", "* sta per il periodo", "* stands for the period"
    )
    out.add(f"    every: {made.every}", f"{CONFIRM}: month, quarter, year, wave, once, irregular")
    out.decide("every")


def _columns(out: Writer, made: Draft) -> None:
    out.add("    columns:")
    columns = {each.position: each for each in made.columns}
    for guess in made.choice.guesses:
        _column(out, made, guess, columns[guess.position])
    for name, code in made.constants.items():
        out.add(
            f"      {name}: {{value: {code}}}",
            f"{out.rate(LIKELY)} - {CONFIRM}: dal nome del file o del foglio",
            "from the name of file or sheet",
        )
        out.decide(name)
    for name in made.lacking:
        known = ", ".join(code_words(made.programme, name)) if FIELDS[name].kind == "code" else ""
        hint = f"; ammessi: {known}" if known else ""
        value = "sì" if FIELDS[name].kind == "boolean" else "..."
        out.add(
            f"      # {name}: {{from: ...}}",
            f"{CONFIRM}: obbligatoria e non trovata; uguale in tutte le righe: {{value: {value}}}{hint}",
            "needed and not found",
        )
        out.decide(f"{name}: manca / is missing")
    if made.choice.dataset == "survey" and "wave_code" not in {g.name for g in made.choice.guesses}:
        out.add(
            "      # wave_code: {value: ...}",
            "non serve se la cartella del periodo ha il nome della rilevazione",
            "not needed where the period folder is named after the wave",
        )


def _origin(column: Column, made: Draft) -> str:
    """Return ``from: heading``, or the letter where the heading may not be repeated or is not unique."""
    same = [each for each in made.columns if each.heading.casefold() == column.heading.casefold()]
    if is_quotable(column.heading) and len(same) == 1 and "*" not in column.heading:
        return f"from: {quoted(column.heading)}"
    return f"letter: {letter(column.position)}"


def _column(out: Writer, made: Draft, guess: Guess, column: Column) -> None:
    it, en = _why(guess, column)
    rating = out.rate(guess.percent)
    origin = _origin(column, made)
    extra = ", truncate_time: true" if guess.fit.has_time and guess.fit.dates else ""
    if guess.fit.is_month:
        extra += ", month_of_period: true"
    if guess.fit.pattern and FIELDS[guess.name].role == "pseudonym":
        extra += f", pattern: '{guess.fit.pattern}'"
    is_sure = guess.is_sure
    rows = _code_rows(column, guess, made)
    is_settled = all(is_known for _, is_known in rows)
    mark = "" if is_sure else f" - {CONFIRM}"
    if not (is_sure and is_settled):
        out.decide(guess.name)
    if not rows:
        out.add(f"      {guess.name}: {{{origin}{extra}}}", f"{rating}{mark}: {it}", en)
        return
    out.add(f"      {guess.name}:", f"{rating}{mark}: {it}", en)
    out.add(f"        {origin}")
    active = [line for line, _ in rows if not line.lstrip().startswith("#")]
    out.add("        codes:" if active else "        codes: {}")
    out.lines.extend(line for line, _ in rows)


def _why(guess: Guess, column: Column) -> tuple[str, str]:
    score = guess.heading_score
    it = f"colonna {letter(column.position)}, intestazione {score} %, {guess.fit.why_it}"
    en = f"heading {score} %, {guess.fit.why_en}"
    if column.values.filled_n == 0:
        it, en = f"colonna {letter(column.position)}, vuota", "empty"
    if guess.rival:
        it, en = f"{it}; oppure {guess.rival}", f"{en}; or {guess.rival}"
    return it, en


def _code_rows(column: Column, guess: Guess, made: Draft) -> list[tuple[str, bool]]:
    """Return the lines of a code list, each with whether it is settled."""
    words = code_words(made.programme, guess.name) if FIELDS[guess.name].kind == "code" else {}
    if not words:
        return []
    shown = entries(column.values)
    known = ", ".join(words)
    found = []
    if guess.heading_score < LIKELY:  # perhaps another column altogether: only our own words
        shown = [text for text in shown if text in guess.fit.codes]
    for text in shown:
        code, alike = guess.fit.codes.get(text, ("", 0))
        if not code:
            line = f"          # {quoted(text)}: ...   # {CONFIRM}: ammessi/allowed: {known}"
            found.append((line, False))
        else:
            mark = "" if alike == 100 else f"   # {CONFIRM}: simile al {alike} % / {alike} % alike"
            found.append((f"          {quoted(text)}: {code}{mark}", alike == 100))
    hidden = len(column.values.texts) - len(shown)
    if hidden:
        it = f"altre voci: {hidden}, in meno di {LEAST_ROWS} righe, troppe o troppo lunghe; aggiungerle dal file"
        en = f"more entries: {hidden}, in fewer than {LEAST_ROWS} rows, too many or too long; add them from the file"
        found.append((f"          # {CONFIRM}: {it} / {en}", False))
    return found


def _questions(out: Writer, made: Draft) -> None:
    columns = {each.position: each for each in made.columns}
    out.add("    questions:" if made.blocks else "    questions: []")
    if not made.blocks:
        out.decide("questions")
    for block in made.blocks:
        _block(out, made, block, columns)
    for base, members in made.ticks:
        it, en = f"{CONFIRM}: {len(members)} opzioni, più risposte ammesse", "several answers"
        if is_quotable(base):
            name = slug(base, "scelte")
            out.add(f"      # - several: {{{name}: {quoted(base + '[*')}}}", it, en)
        out.decide(
            f"domanda a più risposte, colonne/columns {letter(members[0].position)}-{letter(members[-1].position)}"
        )


def _block(out: Writer, made: Draft, block: Block, columns: dict[int, Column]) -> None:
    percent = min(block.percent, 89) if block.is_by_number or block.unknown_n else block.percent
    rating = out.rate(percent)
    mark = "" if percent >= SURE else f" - {CONFIRM}"
    out.add(
        f"      - instrument: {block.instrument.code}",
        f"{rating}{mark}: {block.instrument.label.it}",
    )
    out.add("        items:")
    for code, position in block.items.items():
        column = columns[position]
        heading = quoted(column.heading) if is_quotable(column.heading) else f'"..."   # {CONFIRM}'
        out.add(f"          {code}: {heading}")
    for code in block.lacking:
        out.add(f"          # {code}: ...", f"{CONFIRM}: non trovata", "not found")
    if block.answers:
        it = (
            "i codici sembrano in quest'ordine: controllare il modulo" if block.is_by_number else ""
        )
        en = "the codes seem to be in this order: check the form" if it else ""
        out.add("        answers:", f"{CONFIRM}: {it}" if it else "", en)
        for word, score in sorted(block.answers.items(), key=lambda each: -each[1]):
            out.add(f"          {quoted(word)}: {score}")
    if block.unknown_n:
        it = f"{CONFIRM}: {block.unknown_n} risposte diverse dalle parole della scala"
        out.add(f"        # {it}", "", "")
    if percent < SURE:
        out.decide(f"questions: {block.instrument.code}")


def _ignored(out: Writer, made: Draft) -> None:
    sure = [each for each, why in made.others if why == "tool"]
    open_ones = [(each, why) for each, why in made.others if why != "tool"]
    out.add(
        "    ignore:" if sure else "    ignore: []",
        "colonne che non si leggono",
        "columns left unread",
    )
    for column in sure:
        out.add(
            f"      - {quoted(column.heading)}",
            "sicuro/sure: la scrive lo strumento",
            "made by the tool",
        )
    for column, why in open_ones:
        shown = (
            quoted(column.heading)
            if is_quotable(column.heading)
            else f"... colonna/column {letter(column.position)}"
        )
        if column.position in made.looked.identifiers or column.is_blocked:
            it, en = (
                "DATI IDENTIFICATIVI: da togliere dal file, ignorarla non basta",
                "identifies people: out of the file",
            )
        elif why == "text":
            it, en = "testo libero: di solito non si legge", "free text: usually left unread"
        else:
            it, en = (
                "nessuna corrispondenza: metterla in columns, o non leggerla togliendo il #",
                "nothing fits: map it, or take the # away",
            )
        out.add(f"      # - {shown}", f"{CONFIRM}: {it}", en)
        out.decide(f"colonna/column {place(column)}")


def _to_confirm(out: Writer) -> None:
    out.add(
        "    to_confirm:", "togliere ogni voce quando è decisa", "take each entry out once decided"
    )
    for each in out.to_confirm:
        out.add(f"      - {quoted(each)}")
