"""What the descriptions say in words: titles, what a package holds, where it comes from."""

from __future__ import annotations

from dataclasses import dataclass

from assets.outputs.export.package import Package, Table
from schemas.words import LANGUAGES, Words


@dataclass(frozen=True)
class LicenceText:
    """A licence as descriptions name it."""

    code: str
    title: str
    url: str
    legal_code: str


LICENCES = {
    "CC-BY-4.0": LicenceText(
        "CC-BY-4.0",
        "Creative Commons Attribution 4.0 International",
        "https://creativecommons.org/licenses/by/4.0/",
        "https://creativecommons.org/licenses/by/4.0/legalcode",
    ),
    "CC0-1.0": LicenceText(
        "CC0-1.0",
        "Creative Commons Zero 1.0 Universal",
        "https://creativecommons.org/publicdomain/zero/1.0/",
        "https://creativecommons.org/publicdomain/zero/1.0/legalcode",
    ),
}


def both(words: Words) -> str:
    """Return a text in both languages on one line, for descriptions that know one."""
    return words.it if words.it == words.en else f"{words.it} / {words.en}"


def marked(package: Package, text: Words) -> Words:
    """Return a text with the package's marks before it."""
    said = {
        lang: " ".join([*(mark.say(lang) for mark in package.marks), text.say(lang)])
        for lang in LANGUAGES
    }
    return Words(**said)


def title(package: Package) -> Words:
    """Return the package's title, a draft's beginning with the mark."""
    own = package.title
    end = Words(it=f"{own.it}: tabelle rilasciate", en=f"{own.en}: released tables")
    mark = Words(it="[BOZZA-DRAFT] ", en="[BOZZA-DRAFT] ") if package.is_draft else None
    return Words(it=f"{mark.it}{end.it}", en=f"{mark.en}{end.en}") if mark else end


def describe(package: Package) -> Words:
    """Return what the package holds, its marks before it."""
    return marked(package, summary(package))


def summary(package: Package) -> Words:
    """Return what the package holds, and how hidden cells are shown."""
    cells = sum(table.data.num_rows for table in package.tables)
    count = len(package.tables)
    return Words(
        it=(
            f"{count} tabelle aggregate, {cells} celle, dal {package.first:%d/%m/%Y} al "
            f"{package.last:%d/%m/%Y}. Nessuna riga riguarda una persona. Una cella nascosta per "
            "riservatezza ha i numeri vuoti e il motivo nella colonna status: non vale zero."
        ),
        en=(
            f"{count} aggregate tables, {cells} cells, from {package.first.isoformat()} to "
            f"{package.last.isoformat()}. No row is about a person. A cell hidden for privacy has "
            "empty numbers and the reason in the column status: it is not zero."
        ),
    )


def table_text(package: Package, table: Table) -> Words:
    """Return which indicators a table holds."""
    known = package.manifest["indicators"]
    codes = sorted({row["indicator_code"] for row in table.rows})
    labels = [known[code]["label"] for code in codes if code in known]
    it, en = ("; ".join(each[lang] for each in labels) for lang in LANGUAGES)
    return marked(package, Words(it=f"Indicatori: {it}.", en=f"Indicators: {en}."))


def sources(package: Package) -> list[str]:
    """Return who delivered the data."""
    partners = package.manifest.get("labels", {}).get("partners", {})
    return [str(each["it"]) for _, each in sorted(partners.items())]


def citation(package: Package) -> Words:
    """Return how to cite the package."""
    own, licence = title(package), LICENCES[package.about.licence]
    who = f"{package.rights_holder.name} ({package.last.year})"
    it = f"{who}. {own.it}. Versione {package.version}. {licence.title}."
    en = f"{who}. {own.en}. Version {package.version}. {licence.title}."
    return marked(package, Words(it=it, en=en))
