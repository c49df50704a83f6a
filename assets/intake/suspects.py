"""What the cells of one column give away: each distinct text is looked at once, most only by Arrow."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assets.ahead import ahead
from assets.intake.announced import counts, is_goods, is_id, is_site, is_thing
from assets.intake.column_kinds import kinds_of_whole, matches
from assets.intake.grid import Cells, coded, plain
from assets.intake.identifiers import EVERYWHERE, KINDS, plain_text
from assets.intake.in_text import IN_TEXT, kinds_in_text
from assets.intake.numbers import documents_alone
from assets.intake.phones import has_prefixed_phone, has_written_phone
from schemas.fields import FIELDS

#: What a cell must hold to be worth a closer look; almost none does. Letters beyond ASCII may be
#: look-alikes and always earn the look.
_WORTH_A_LOOK = "|".join(
    (
        r"[A-Za-z01](?:[\s\-_./]{0,3}[A-Za-z01]){5}(?:[\s\-_./]{0,3}[0-9A-Za-z]){10}",  # tax code
        r"@|(?i:[(\[] ?(?:at|chiocciola) ?[)\]]| chiocciola |[._][a-z0-9]+ at )",
        r"[A-Za-z]{2}[ ./-]?[0-9]{2}(?:[ ./-]?[0-9A-Za-z]){8}",  # IBAN
        r"(?i:\bs\.? ?t\.? ?p\b|\be\.? ?n\.? ?i\b|(?:stp|eni)[0-9])|8[\s.-]?0[\s.-]?3[\s.-]?8[\s.-]?0",  # health codes
        # Telephones: with a prefix, grouped, or beside a word that announces one.
        r"(?:\A|[^0-9A-Za-z])(?:\+|00)[\s(]?[1-9](?:[\s./()-]{0,2}[0-9]){7}",
        r"(?:\A|[^0-9])(?:3[0-9]{2}|0[1-9][0-9]{0,3})(?:\)|[\s./-])[\s./-]{0,2}(?:[0-9][\s./-]{0,2}){4}[0-9]",
        r"39[ .-][3]",
        r"(?i:tel|cell|mobile|phone|whatsapp|chiamar|recapito|\bwa\b)",
        r"[A-Za-z,;:/ ] ?3[0-9]{9}|[0-9]{9} ?[/,;-] ?[03]",
        # Numbers in blocks, or after a word for them.
        r"[0-9]{4}[ .-][0-9]{4,6}[ .-][0-9]{4,5}|(?:[0-9][ ./-]){9}",
        r"(?i:iva\b|i\.? ?v\.? ?a\b|\bvat\b|\bit ?[0-9]{11}|carta|card|visa|amex|postepay|bancomat|\bpan\b)",
        r"(?i:c\.? ?i\.|\bci\b|\bcie\b|doc\.|documento|pass\.|passap|passport|passeport|patente|pat\.|licen|targ|\btg\.|sogg|\bp\.?d\.?s\b)",
        r"\bC[A-Z] ?[0-9]{5} ?[A-Z]{2}\b|\b[A-Z]{2}[0-9]{7}[A-Z]\b|\bU1[0-9A-Z]{7}[A-Z]\b",
        r"[0-9]\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]|[0-9A-Fa-f]{0,4}:[0-9A-Fa-f]{0,4}:[0-9A-Fa-f]{0,4}:",
        # Prose: roads, births, titles, coordinates, two capitalised words among others.
        r"(?i:\b(?:via|viale|v\.le|vle|piazza|p\.zza|p\.za|piazzale|p\.le|piazzetta|vicolo|vico|corso|c\.so|strada|"
        r"str\.|largo|contrada|c\.da|galleria|traversa|loc\.|fraz|frazione|borgata|rione|lungo[a-z]+|rue)\s|\bv\. ?[a-z]|\bsc(?:ala|\.) )",
        r"[A-Za-z(][^0-9]{0,9}(?:[0-9]{1,2}[./-][0-9]{1,2}[./-])(?:19|200)|(?:(?:19|200)[0-9]+[-0-9]*|[0-9]{4}-[0-9]{2}-[0-9]{2})[ ,;:)]+[a-z]",
        r"(?i:goo\.gl|plus\.codes|w3w|what3words)|[0-9A-Z]{4}\+[0-9A-Z]{2}|\b3[1-4] ?[S-U] ?[A-Z]{0,2} ?[0-9]{6}|[0-9] ?[NS],? [0-9]",
        r"[0-9],? (?:[A-Z][a-z]+ ){1,3}(?:St|Road|Rd|Ave|Lane|Square)",
        r"(?i:\b(?:nat[oaie]|nasc|classe|compleanno|born|d\.?o\.?b|d\.?d?\.? ?n|n\.|ne?e le).{0,45}[0-9])",
        r"(?i:\b(?:sig|dott|dr|avv|prof|ing|geom|rag|mrs?|ms|miss|cognome|nominativo))",
        r"(?i:\b(?:figli|bambin|ragazz|marit|mogli|madre|padre|mamma|pap|fratel|sorell|nonn|zi|compagn|alunn|utent|"
        r"pazient|minor|beneficiar)[a-z]*\s)[A-Z]",
        r"[0-9][.,][0-9]{3,}.{1,5}[0-9][.,][0-9]{3}|(?i:\blat)",
        r"[a-z]\W+[A-Z][a-z]+|\A[A-Z][a-z]+,? [0-9a-zA-Z]",
        # A cell of two to five words and nothing else may be both names.
        r"\A\s*[A-Za-z'’]+(?:[ ,]+[A-Za-z'’]+){1,4}\s*\z",
        r"[^\x00-\x7f]",
    )
)
_AT_A_TIME = 6


def kinds_in_column(
    column: Cells, below: Cells, announced: str | None, name: str | None, heading: str = ""
) -> dict[str, int]:
    """Return kind of identifier -> number of cells.

    Parameters
    ----------
    below
        The cells under the heading.
    announced
        The kind that the heading gives away: every cell that can be one is one.
    name
        Our column, where the source maps it: it tells telephone numbers from codes.
    heading
        Context for what may be a code, or a place of a service.
    """
    found: Counter[str] = Counter()
    # Numbers and dates have a shape of their own that sorting checks.
    kind_of_column = "text" if name is None else FIELDS[name].kind
    is_code = name is not None and (
        kind_of_column == "code" or FIELDS[name].role == "pseudonym" or bool(FIELDS[name].pattern)
    )
    is_free = kind_of_column == "text" and not is_code
    stands_for_people = name is not None and FIELDS[name].role == "pseudonym"
    worth = _worth_a_look(column)
    for text, times in worth.items():
        kinds = [kind for kind, test in EVERYWHERE.items() if test(text)]
        if (is_free and has_written_phone(text)) or (is_code and has_prefixed_phone(text)):
            kinds.append("phone")
        if stands_for_people and IN_TEXT["name"](text):  # a name written in the place of a code
            kinds.append("name")
        for kind in kinds:
            found[kind] += times
    if is_free:
        for kind, cells_n in _in_prose(worth, column, below, heading).items():
            found[kind] = max(found[kind], cells_n)
    if kind_of_column == "text":
        whole = kinds_of_whole(below, heading)
        for kind, cells_n in whole.items():
            if is_free or kind == "phone" or (stands_for_people and kind == "name"):
                found[kind] = max(found[kind], cells_n)
    if announced:
        found[announced] = max(found[announced], _announced(below, announced, heading))
    return {kind: found[kind] for kind in KINDS if found[kind]}


def _in_prose(worth: Counter[str], column: Cells, below: Cells, heading: str) -> Counter[str]:
    """Count what texts tell; of the rows above the data only people's names, not a partner's address."""
    above = plain(column.slice(0, len(column) - len(below))).drop_null().to_pylist()
    less = Counter(plain_text(each) for each in above)
    found: Counter[str] = Counter()
    skipped = {"address"} if is_site(heading) else set()
    skipped |= {"name"} if is_thing(heading) else set()
    is_code = is_id(heading) or is_goods(heading)
    for text, times in worth.items():
        alone = [] if is_code else documents_alone(text)
        for kind in sorted({*kinds_in_text(text), *alone} - skipped):
            found[kind] += times if kind == "name" else times - less[text]
    return found


def _announced(below: Cells, kind: str, heading: str) -> int:
    """Count the cells that can be what their heading announces."""
    counted = pc.value_counts(plain(below)).to_pylist()
    return sum(each["counts"] for each in counted if counts(kind, heading, each["values"] or ""))


def _worth_a_look(column: Cells) -> Counter[str]:
    """Return the texts that may hold an identifier, made plain, and how many cells hold them."""
    found: Counter[str] = Counter()
    if pa.types.is_dictionary(column.type):
        codes, words = coded(column)
        at = np.flatnonzero(matches(words, _WORTH_A_LOOK))
        if len(at):
            times = np.bincount(codes[codes >= 0], minlength=len(words))
            for text, n in zip(words.take(pa.array(at)).to_pylist(), times[at], strict=True):
                found[plain_text(text)] += int(n)
        return found
    chunks = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
    # Arrow reads the long pattern anew for every piece: some chunks at a time cost less.
    pieces = [
        pa.concat_arrays(chunks[at : at + _AT_A_TIME]) for at in range(0, len(chunks), _AT_A_TIME)
    ]
    for worth in ahead(lambda each: each.filter(pa.array(matches(each, _WORTH_A_LOOK))), pieces):
        for each in pc.value_counts(worth).to_pylist():
            found[plain_text(each["values"])] += each["counts"]
    return found
