"""``lunattiva pseudonymise``: codes instead of identifiers, on the partner's own machine."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines import settings
from pipelines.messages import say
from pipelines.options import HELP_LANGUAGE, Lang, Period, Programme, layout_of, plainly

if TYPE_CHECKING:
    from assets.coding.keys import Key
    from pipelines.pseudonymise import Made


def _help(name: str) -> str:
    return say(f"help.pseudonymise.{name}", HELP_LANGUAGE)


def pseudonymise(
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help=_help("file"))] = None,
    key_file: Annotated[Path | None, typer.Option("--key-file", help=_help("key_file"))] = None,
    passphrase: Annotated[bool, typer.Option("--passphrase", help=_help("passphrase"))] = False,
    key_id: Annotated[str | None, typer.Option("--key-id", help=_help("key_id"))] = None,
    programme: Programme = None,
    columns: Annotated[
        list[str] | None,
        typer.Option("--columns", metavar="HEADING=ACTION", help=_help("columns")),
    ] = None,
    keep: Annotated[list[str] | None, typer.Option("--keep", help=_help("keep"))] = None,
    on: Annotated[
        datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help=_help("on"))
    ] = None,
    period: Period = None,
    register: Annotated[str, typer.Option("--register", help=_help("register"))] = "",
    sheet: Annotated[str | None, typer.Option("--sheet", help=_help("sheet"))] = None,
    header_row: Annotated[
        int | None, typer.Option("--header-row", min=1, help=_help("header_row"))
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help=_help("out"))] = None,
    new_key: Annotated[Path | None, typer.Option("--new-key", help=_help("new_key"))] = None,
    page: Annotated[Path | None, typer.Option("--page", help=_help("page"))] = None,
    lang: Lang = None,
) -> None:
    """Replace what identifies people by codes; or make the key, or the offline page."""
    reader = settings.language(lang)
    with plainly(reader):
        if new_key is not None:
            _make_key(new_key, reader)
        if page is not None:
            _make_page(page, programme, reader)
        if file is None:
            if new_key is None and page is None:
                raise _nothing_asked()
            return
        from pipelines.pseudonymise import Wish
        from pipelines.pseudonymise import pseudonymise as code_file

        name = _programme_of(file, programme)
        key = _key(key_file, passphrase, name, key_id)
        day = on.date() if on is not None else _first_day(file, name, period)
        wish = Wish(name, tuple(columns or ()), tuple(keep or ()), sheet, header_row, day, register)
        made = code_file(file, key, wish)
        target = out or file.with_name(made.name)
        _write(target, file, made.data)
        for line in _told(made, target, key, reader):
            typer.echo(line)


def _make_key(path: Path, lang: settings.Language) -> None:
    from assets.coding.keys import new_key_file
    from assets.coding.words import coding_words

    key = new_key_file(path)
    typer.echo(coding_words("newkey_made", id=key.id).say(lang))


def _make_page(path: Path, programme: str | None, lang: settings.Language) -> None:
    from assets.coding.offline import page_html

    _write(path, None, page_html(programme or "").encode())
    typer.echo(say("pseudonymise.page", lang, path=path))


def _nothing_asked() -> Exception:
    from assets.errors import ConfigurationError

    return ConfigurationError(
        "Manca il file da codificare. Altrimenti: --new-key CHIAVE per fare una chiave, --page PAGINA.html per la pagina.",
        "There is no file to code. Else: --new-key KEY makes a key, --page PAGE.html the page.",
    )


def _programme_of(file: Path, programme: str | None) -> str:
    from assets.layout import find_root
    from pipelines.check_source import programme_of

    return programme or programme_of(file, find_root()) or settings.programme()


def _key(
    key_file: Path | None, passphrase: bool, programme: str, expected: str | None = None
) -> Key:
    """Return the key that was given; with the wrong one nothing would link, and nobody would see it."""
    from assets.coding.words import coding_words
    from assets.errors import ConfigurationError

    key = _given_key(key_file, passphrase, programme)
    if expected is not None and expected.strip().lower() != key.id:
        said = coding_words("bad.other_key", id=key.id)
        raise ConfigurationError(said.it, said.en)
    return key


def _given_key(key_file: Path | None, passphrase: bool, programme: str) -> Key:
    from assets.coding.keys import key_from_passphrase, read_key_file
    from assets.errors import ConfigurationError

    if key_file is not None:
        return read_key_file(key_file)
    if passphrase:
        try:
            said = typer.prompt("Passphrase", hide_input=True, err=True, confirmation_prompt=True)
        except typer.Abort:
            raise KeyboardInterrupt from None
        return key_from_passphrase(said, programme)
    raise ConfigurationError(
        "Serve la chiave dei partner: --key-file CHIAVE, oppure --passphrase.",
        "The partners' key is needed: --key-file KEY, or --passphrase.",
    )


def _first_day(file: Path, programme: str, period: str | None) -> date | None:
    """Return the first day of the period asked for, or of the one whose folder the file lies in."""
    from assets.errors import ConfigurationError
    from assets.periods import find_period

    if period is None and not (layout_of(programme).raw / "programme.yml").is_file():
        return None
    found = find_period(period or file.resolve().parent.name, layout_of(programme).definition)
    if found is None and period is not None:
        raise ConfigurationError(
            f"«{period}» non è un periodo: scrivere come 2022Q1, 2022-03, 2022.",
            f"'{period}' is no period: write it like 2022Q1, 2022-03, 2022.",
        )
    return found.start if found else None


def _write(path: Path, source: Path | None, data: bytes) -> None:
    from assets.errors import ConfigurationError

    if source is not None and path.resolve() == source.resolve():
        raise ConfigurationError(
            "Il file nuovo non può prendere il posto di quello vecchio: scegliere un altro --out.",
            "The new file cannot take the place of the old one: choose another --out.",
        )
    try:
        path.write_bytes(data)
    except OSError:
        raise ConfigurationError(
            f"Non si può scrivere {path}: controllare la cartella e i permessi.",
            f"{path} cannot be written: check the folder and the permissions.",
        ) from None


def _told(made: Made, target: Path, key: Key, lang: settings.Language) -> list[str]:
    from assets.coding.words import coding_words, rows_said

    coded = made.coded
    lines = [
        coding_words("done", rows=len(coded.rows) - 1, programme=made.programme, id=key.id).say(
            lang
        )
    ]
    lines.append(f"{coding_words('header_label').say(lang)}: {made.header_row}")
    for n, (heading, action) in enumerate(made.columns, start=1):
        name = heading.strip() or f"#{n}"
        lines.append(f"  {name}: {coding_words(f'action.{action}').say(lang)}")
    for prefix in ("T", "W", "N", "R"):
        if coded.codes[prefix]:
            lines.append(coding_words(f"count.{prefix}", n=coded.codes[prefix]).say(lang))
    for word, rows in (
        ("without", coded.without_code),
        ("unchecked", coded.unchecked),
        ("days", coded.unread_days),
    ):
        if rows:
            lines.append(coding_words(f"rows.{word}", rows=rows_said(rows, lang)).say(lang))
    if made.left_out:
        said = coding_words("sheets_out", sheet=made.sheet, n=len(made.left_out))
        lines.append(said.say(lang))
    lines.append(say("pseudonymise.written", lang, path=target))
    lines.append(coding_words("what_it_is").say(lang))
    return lines
