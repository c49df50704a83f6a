"""The offline page in a real Chromium without network: same vectors, same codes as the command line."""

from __future__ import annotations

import base64
import io
import json
import random
import re
import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from assets.coding.codes import code
from assets.coding.columns import fold
from assets.coding.found import kinds_in
from assets.coding.keys import Key
from assets.coding.normalise import (
    day_of,
    name,
    register_number,
    tax_code,
    tax_code_kind,
    text_of,
)
from assets.coding.offline import page_html
from assets.coding.workbook import read_workbook
from pipelines.pseudonymise import Wish, pseudonymise
from tests import coding_sample as sample
from tests.browser.checks import WIDTHS, Looked

pytestmark = pytest.mark.browser
VECTORS = json.loads(
    (Path(__file__).parents[1] / "spec" / "coding_vectors.json").read_text("utf-8")
)
KEY = Key(sample.KEY)
PHRASE = "sedia mappa fiume zucca treno luna"
#: What the page answers to every vector: a list of [what, expected, got] that differ.
RUN = """(v) => {
  const wrong = [];
  const same = (what, want, got) => { if (JSON.stringify(want) !== JSON.stringify(got)) wrong.push([what, want, got]); };
  v.hmac.forEach((e) => same('hmac', e.mac, hex(keyedHmac(unhex(e.key))(unhex(e.data)))));
  v.scrypt.forEach((e) => same('scrypt', e.key, hex(noble.scrypt(utf8.encode(e.password), utf8.encode(e.salt),
    {N: e.N, r: e.r, p: e.p, dkLen: e.length}))));
  v.tax_codes.forEach(([t, n, k]) => same(t, [n, k], [taxCode(t), taxCodeKind(taxCode(t))]));
  v.names.forEach(([t, n]) => same(t, n, nameOf(t)));
  v.whole_names.forEach(([t, first, n]) => same(t, n, nameWords(t, first)));
  v.registers.forEach(([t, n]) => same(t, n, registerNumber(t)));
  v.days.forEach(([t, n]) => same(t, n, dayOf(t) && isoOf(dayOf(t))));
  v.ages.forEach(([t, n]) => same(t, n, ageOn(t, dayOf(v.ages_on))));
  const secret = unhex(v.key.secret);
  same('id', v.key.id, keyId(secret));
  same('line', v.key.line, keyLine(secret));
  same('read', v.key.secret, hex(readKeyLine(v.key.line + '\\n')));
  same('damaged', null, readKeyLine(v.key.line.replace('00', '01')));
  v.codes.forEach((e) => same('code', [e.message, e.code], [hex(message(e.programme, e.kind, ...e.parts)),
    codeOf(keyedHmac(secret), e.programme, e.kind, ...e.parts)]));
  v.proposals.forEach(([h, c, a]) => same(h, a, propose(h, c)));
  v.kinds.forEach(([t, k]) => same(t, k, kindsIn(t)));
  return wrong;
}"""


@pytest.fixture(scope="module")
def page_file(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("page") / "codici.html"
    path.write_text(page_html("demo"), encoding="utf-8", newline="\n")
    return path


@pytest.fixture
def files(tmp_path) -> dict[str, Path]:
    made = {"xlsx": sample.workbook(), "csv": sample.delimited(), "comma": sample.delimited("utf-8-sig", ",", "\n"),
            "utf16": b"\xff\xfe" + sample.delimited("utf-16-le", "\t"),
            "key": KEY.line.encode()}  # fmt: skip
    names = {
        "xlsx": "registro.xlsx",
        "csv": "registro.csv",
        "comma": "virgole.csv",
        "utf16": "testo.txt",
        "key": "k.key",
    }
    for each, data in made.items():
        (tmp_path / names[each]).write_bytes(data)
    return {each: tmp_path / name for each, name in names.items()}


DROP = """([name, text]) => {
  const data = new DataTransfer();
  data.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], name));
  document.getElementById('drop').dispatchEvent(new DragEvent('drop', {dataTransfer: data, bubbles: true, cancelable: true}));
}"""


def code_in_page(page, file: Path, key: Path | None, tmp_path: Path) -> Path:
    """Go through the three steps as a person does, and return what was downloaded."""
    page.evaluate(DROP, [file.name, base64.b64encode(file.read_bytes()).decode()])
    page.locator("#choices").get_by_label("N. tessera").select_option("register")
    page.locator("#on").fill("2022-01-01")
    page.locator("#register").fill("tessere agape")
    if key is None:
        page.locator("#phrase").fill(PHRASE)
        page.locator("#phrase-again").fill(PHRASE)
    else:
        page.locator("#how-file").check()
        page.locator("#keyfile").set_input_files(key)
    page.locator("#go").click()
    with page.expect_download() as waiting:
        page.locator("#download").click()
    target = tmp_path / f"down-{waiting.value.suggested_filename}"
    waiting.value.save_as(target)
    return target


def by_hand(file: Path):
    wish = Wish("demo", ("N. tessera=register",), on=sample.ON, register="tessere agape")
    return pseudonymise(file, KEY, wish)


def cells(data: bytes) -> list[list[object]]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert len(book.sheetnames) == 1
    return [list(row) for row in book.active.iter_rows(values_only=True)]


def unpacked(data: bytes) -> bytes:
    if not data.startswith(b"PK"):
        return data + data.replace(b"\0", b"")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return data + b"".join(archive.read(name) for name in archive.namelist())


def test_every_vector_holds_in_the_browser(page_file, open_page):
    page, requests, console = open_page(page_file)
    assert page.evaluate(RUN, VECTORS) == []
    each = VECTORS["passphrases"][3]
    got = page.evaluate("(e) => keyFromPassphrase(e.text, e.programme).then(keyId)", each)
    assert got == each["id"]
    assert console == []
    assert [url.split(":")[0] for url in requests] in (["file"], ["file", "data"])


@pytest.mark.parametrize("kind", ["csv", "comma", "utf16"])
def test_delimited_text_comes_out_as_from_the_command_line(
    page_file, open_page, files, tmp_path, kind
):
    page, _, console = open_page(page_file)
    found = code_in_page(page, files[kind], files["key"], tmp_path)
    made = by_hand(files[kind])
    assert found.name == f"down-{made.name}"
    assert found.read_bytes() == made.data
    assert not [each for each in sample.SECRETS if each.encode() in unpacked(made.data)]
    assert console == []


def test_a_workbook_comes_out_as_from_the_command_line(page_file, open_page, files, tmp_path):
    page, requests, console = open_page(page_file)
    found = code_in_page(page, files["xlsx"], files["key"], tmp_path).read_bytes()
    made = by_hand(files["xlsx"])
    assert cells(found) == cells(made.data)
    for data in (found, made.data):
        assert not [each for each in sample.SECRETS if each.encode() in unpacked(data)]
    said = page.locator("#result").inner_text()
    assert KEY.id in said and not [each for each in sample.SECRETS if each in said]
    assert all(url.startswith(("file:", "data:", "blob:")) for url in requests)
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert console == []


def odd_workbook(prefixed: bool, epoch_1904: bool) -> bytes:
    """Return what spreadsheets may hold: every kind of cell, and a writer that prefixes its tags."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "A & <B>"
    if epoch_1904:
        book.epoch = CALENDAR_MAC_1904
    sheet.append(["testo", "giorno", "momento", "ora", "durata", "numero", "vero", "quota", "euro"])
    sheet.append(["a_x000D_b\nc", date(2022, 1, 2), datetime(2022, 1, 2, 3, 4, 5), time(14, 30), timedelta(hours=30),
                  123456789012345678.0, True, 0.5, 12.3])  # fmt: skip
    rich = CellRichText("QQQ", TextBlock(InlineFont(b=True), "ZZZ70H15E897Q"))
    sheet.append(
        [
            rich,
            date(2000, 2, 29),
            None,
            time(0, 0),
            timedelta(minutes=5),
            -0.00005,
            False,
            1 / 3,
            -7,
        ]
    )
    for place, shape in (
        ("H2", "0.00%"),
        ("I2", '"d"0.00 [$€-410]'),
        ("B3", "dddd d mmmm yyyy"),
        ("I3", "[Red]#,##0;[Blue]-0"),
    ):
        sheet[place].number_format = shape
    stream = io.BytesIO()
    book.save(stream)
    return with_prefixes(stream.getvalue()) if prefixed else stream.getvalue()


def with_prefixes(data: bytes) -> bytes:
    made = io.BytesIO()
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            if f'xmlns="{main}"' in text:
                text = text.replace(f'xmlns="{main}"', f'xmlns:x="{main}"')
                text = re.sub(r"<(/?)(?=[a-zA-Z]+[\s/>])", r"<\1x:", text)
            new.writestr(name, text)
    return made.getvalue()


@pytest.mark.parametrize(("prefixed", "epoch_1904"), [(False, False), (True, False), (False, True)])
def test_a_workbook_is_read_as_by_the_command_line(page_file, open_page, prefixed, epoch_1904):
    data = odd_workbook(prefixed, epoch_1904)
    page, *_ = open_page(page_file)
    script = """(text) => { const grid = readFile(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)), null);
      const again = readFile(writeXlsx(grid.rows, grid.sheet), null);
      return [grid, again].map((each) => [each.sheet, each.rows.map((row) => row.map(textOf))]); }"""
    grid = read_workbook(data)
    expected = [grid.sheet, [[text_of(cell) for cell in row] for row in grid.rows]]
    assert expected[1][1][2:5] == ["2022-01-02 03:04:05", "14:30:00", "30:00:00"]
    assert page.evaluate(script, base64.b64encode(data).decode()) == [expected, expected]


def test_a_passphrase_gives_the_codes_of_the_command_line(page_file, open_page, files, tmp_path):
    from assets.coding.keys import key_from_passphrase

    page, *_ = open_page(page_file)
    found = code_in_page(page, files["csv"], None, tmp_path).read_bytes()
    wish = Wish("demo", ("N. tessera=register",), on=sample.ON, register="tessere agape")
    assert found == pseudonymise(files["csv"], key_from_passphrase(PHRASE, "demo"), wish).data


def test_the_policy_lets_nothing_out(page_file, open_page):
    page, _, console = open_page(page_file)
    tried = page.evaluate("""async () => {
      const failed = [];
      await fetch('https://example.org/').catch(() => failed.push('fetch'));
      try { new WebSocket('wss://example.org/'); } catch { failed.push('socket'); }
      await new Promise((done) => { const i = new Image(); i.onerror = () => { failed.push('image'); done(); }; i.onload = done;
        i.src = 'https://example.org/x.png'; });
      const s = document.createElement('script'); s.textContent = 'window.got = 1'; document.body.append(s);
      if (!window.got) failed.push('script');
      return failed; }""")
    assert {"fetch", "image", "script"} <= set(tried)
    assert any("Content Security Policy" in each for each in console)


def test_the_page_is_accessible_and_fits(page_file, open_page, files):
    page, *_ = open_page(page_file)
    page.locator("#lang-en").click()
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("h1").inner_text() == "Codes instead of names"
    page.locator("#file").set_input_files(files["xlsx"])
    page.locator("#go").click()  # no key yet: it is said
    page.locator("#result.bad").wait_for()
    looked = Looked(page, page_file.name)
    looked.focused()
    for width in WIDTHS:
        looked.width(width)
    looked.zoomed()
    looked.width(WIDTHS[0])
    looked.whole()
    looked.contrast("dark")
    assert looked.wrong == []


def test_what_is_wrong_is_said_plainly(page_file, open_page, files, tmp_path):
    page, *_ = open_page(page_file)
    page.locator("#lang-it").click()

    def said(place: str) -> str:
        page.locator(f"#{place}.bad").wait_for()
        return page.locator(f"#{place}").inner_text()

    page.locator("#go").click()
    assert "scegliere un file" in said("result")
    for file_name, data, words in (("foto.xlsx", b"PK\x03\x04rotto", "non si apre"), ("a.xls", b"\xd0\xcf\x11\xe0", "Salva con nome"), ("a.pdf", b"%PDF-1.7", "né un CSV"),
                              ("vuoto.csv", b"", "vuoto"), ("b.csv", b'a;b\n"x;1\n', "virgolette")):  # fmt: skip
        (tmp_path / file_name).write_bytes(data)
        page.locator("#file").set_input_files(tmp_path / file_name)
        page.wait_for_function(
            "(w) => document.getElementById('file-said').innerText.includes(w)", arg=words
        )
    page.locator("#phrase").fill("troppo corta")
    page.locator("#keycheck").click()
    assert "20 caratteri" in said("key-said")
    page.locator("#phrase").fill(PHRASE)
    page.locator("#phrase-again").fill(PHRASE + " x")
    page.locator("#keycheck").click()
    page.wait_for_function(
        "() => document.getElementById('key-said').innerText.includes('sono diverse')"
    )
    page.locator("#how-file").check()
    page.locator("#keyfile").set_input_files(files["key"])
    page.locator("#expected").fill("00000000")
    page.locator("#keycheck").click()
    page.wait_for_function(
        f"() => document.getElementById('key-said').innerText.includes('{KEY.id}')"
    )
    assert "non è la chiave attesa" in said("key-said")
    page.locator("#keyfile").set_input_files(files["csv"])
    page.locator("#keycheck").click()
    page.wait_for_function(
        "() => document.getElementById('key-said').innerText.includes('rovinato')"
    )


def test_what_still_identifies_stops_the_file(page_file, open_page, files):
    page, *_ = open_page(page_file)
    page.locator("#file").set_input_files(files["csv"])
    page.locator("#choices").get_by_label("Codice fiscale").select_option("keep")
    page.locator("#on").fill("2022-01-01")
    page.locator("#how-file").check()
    page.locator("#keyfile").set_input_files(files["key"])
    page.locator("#go").click()
    page.locator("#result.bad").wait_for()
    said = page.locator("#result").inner_text()
    assert "Codice fiscale" in said and "(5)" in said and "QQQ" not in said
    assert page.locator("#download").count() == 0


NASTY = {
    "formule.csv": "CF;Codice;Ore\nQQQZZZ70H15E897Q;=cmd|'/c x'!A1;1\nQQQZZZ70H15E897Q;@SUM(1);-2\n;+1+1;- 3\nx;-2+3(1);\t=1\n",
    "doppie.csv": "CF;Ore;Ore;CF\nQQQZZZ70H15E897Q;1;2;QQQZZZ70H55E897U\n",
    "sola.csv": "\ufeffCF\nQQQ ZZZ 7OH15 E897Q\n\n n.d. \n",
    "tabs.tsv": 'CF\tOre\n"QQQZZZ70H15E897Q"\t"1"\n',
    "intero.csv": "Cognome e nome;Data di nascita;Ore\nRossi Ugo;01/01/1980;1\nDe Rossi Maria Grazia;1980-01-01;2\nRossi;01/01/1980;3\n;;4\n",
    "registro_verdi.csv": "CF;Cognome;Ore\nQQQZZZ70H15E897Q;Verdi;1\n",
    "grande.csv": f"CF;Ore\nQQQZZZ70H15E897Q;{'9' * 6_000}\n",
}


@pytest.mark.parametrize("name", NASTY)
def test_nasty_files_come_out_as_from_the_command_line(page_file, open_page, tmp_path, name):
    file, key = tmp_path / name, tmp_path / "k.key"
    file.write_text(NASTY[name], encoding="utf-8", newline="")
    key.write_bytes(b"\xef\xbb\xbf" + KEY.line.encode() + b"\r\n")
    page, _, console = open_page(page_file)
    page.locator("#file").set_input_files(file)
    page.locator("#file-said.good").wait_for()
    if page.locator("#on").is_visible():
        page.locator("#on").fill("2022-01-01")
    page.locator("#how-file").check()
    page.locator("#keyfile").set_input_files(key)
    page.locator("#expected").fill(KEY.id.upper())
    page.locator("#go").click()
    with page.expect_download() as waiting:
        page.locator("#download").click()
    target = tmp_path / "down"
    waiting.value.save_as(target)
    made = pseudonymise(file, KEY, Wish("demo", on=sample.ON))
    assert waiting.value.suggested_filename == made.name
    assert target.read_bytes() == made.data
    assert "verdi" not in made.name.lower()
    assert console == []


def test_the_page_is_used_from_the_keyboard_and_every_field_has_a_name(page_file, open_page, files):
    page, *_ = open_page(page_file)
    page.locator("#file").set_input_files(files["csv"])
    page.locator("#file-said.good").wait_for()
    unnamed = page.evaluate("""() => [...document.querySelectorAll('input, select, button')]
      .filter((e) => !(e.labels && e.labels.length) && !e.getAttribute('aria-label') && !e.textContent.trim()).map((e) => e.id)""")
    assert unnamed == []
    page.locator("#file").focus()
    reached = []
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("() => document.activeElement.id"))
    assert {
        "header",
        "action-0",
        "on",
        "programme",
        "phrase",
        "phrase-again",
        "keycheck",
        "go",
    } <= set(reached)
    page.locator("#keycheck").focus()
    page.keyboard.press("Enter")
    page.locator("#key-said.bad").wait_for()
    assert page.locator("#key-said").get_attribute("role") == "status"


ODD = "QZ70HE897LM0123456789 -./'\u2019\u00b4`@+\t\n\u00a0\u200b\u00ad\u00e0\u00e8\u00df\u0142\u00d1\u0130\u017f\ufb01\u2163\u2460\uff21\u0660\u0301\u0327\u01c5\u0411\u4e2d\ud55c\U0001d400\U0001f600\u2013\u2212"


def odd_texts(n: int) -> list[str]:
    """Return random texts, half of them a tax code or a day with something done to it."""
    rng = random.Random(4)
    made = ["".join(rng.choices(ODD, k=rng.randint(0, 18))) for _ in range(n // 2)]
    for _ in range(n // 4):
        letters = list("QQQZZZ70H15E897Q")
        for _ in range(rng.randint(0, 3)):
            letters.insert(rng.randint(0, len(letters)), rng.choice(ODD))
        day = f"{rng.randint(0, 33)}{rng.choice('/-. ')}{rng.randint(0, 14)}/{rng.randint(1890, 2110)}"
        made += ["".join(letters), day]
    return made


def test_random_texts_are_taken_alike(page_file, open_page):
    texts = odd_texts(2000)
    page, *_ = open_page(page_file)
    script = """(texts) => texts.map((text) => { const day = dayOf(text); const tax = taxCode(text);
      return [tax, taxCodeKind(tax), nameOf(text), registerNumber(text), day && isoOf(day), kindsIn(text), foldHeading(text),
        codeOf(keyedHmac(new Uint8Array(32)), 'p', 'register', 'x', text)]; })"""
    for text, got in zip(texts, page.evaluate(script, texts), strict=True):
        day, tax = day_of(text), tax_code(text)
        ours = [tax, tax_code_kind(tax), name(text), register_number(text), day.isoformat() if day else None,
                kinds_in(text), fold(text), code(Key(bytes(32)), "p", "register", "x", text)]  # fmt: skip
        assert got == ours, ascii(text)
