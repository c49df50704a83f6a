"""How long 50,000 rows take to be coded: in the offline page and on the command line.

``python -m tests.bench.bench_coding [rows]``; the page is left out where there is no Chromium. The rows are
invented, with as many people as rows, so that every code is computed.
"""

from __future__ import annotations

import io
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from assets.coding.keys import Key
from assets.coding.normalise import check_letter
from assets.coding.offline import page_html
from pipelines.pseudonymise import Wish, pseudonymise
from tests.browser.conftest import chromium_path

KEY = Key(bytes(range(32)))
PHRASE = "sedia mappa fiume zucca treno luna"


def invented_code(n: int) -> str:
    """Return a tax code of nobody: a surname and name no one has, a place that does not exist."""
    letters = "".join(chr(65 + n // 26**place % 26) for place in range(3))
    first = f"QQ{letters}Z{n % 100:02}H{1 + n % 28:02}X999"
    return first + check_letter(first)


def workbook(rows_n: int) -> bytes:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Registro")
    sheet.append(["Codice fiscale", "Cognome", "Nome", "Data di nascita", "Laboratorio", "Data", "Ore", "Quartiere", "Genere", "Note"])  # fmt: skip
    for n in range(rows_n):
        born = date(1940, 1, 1) + timedelta(days=n % 25000)
        day = date(2022, 1, 1) + timedelta(days=n % 90)
        sheet.append([invented_code(n), f"Cognome{n}", f"Nome{n}", born, f"Laboratorio {n % 12}", day, n % 5, "Lunetta", "F" if n % 3 else "M", f"nota numero {n}"])  # fmt: skip
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def in_page(file: Path, page_file: Path) -> dict[str, float]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(page_file.as_uri())
        begun = time.perf_counter()
        page.locator("#file").set_input_files(file)
        page.locator("#file-said.good").wait_for(timeout=120_000)
        opened = time.perf_counter() - begun
        page.locator("#on").fill("2022-01-01")
        page.locator("#phrase").fill(PHRASE)
        begun = time.perf_counter()
        page.locator("#keycheck").click()
        page.locator("#key-said.good").wait_for(timeout=60_000)
        stretched = time.perf_counter() - begun
        begun = time.perf_counter()
        page.locator("#go").click()
        page.locator("#download").wait_for(timeout=120_000)
        made = time.perf_counter() - begun
        browser.close()
    return {"open and propose": opened, "passphrase alone": stretched, "code and write": made}


def main() -> None:
    rows_n = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    with tempfile.TemporaryDirectory() as folder:
        file, page_file = Path(folder, "registro.xlsx"), Path(folder, "codici.html")
        file.write_bytes(workbook(rows_n))
        page_file.write_text(page_html("demo"), encoding="utf-8", newline="\n")
        print(f"{rows_n} rows, {file.stat().st_size / 1e6:.1f} MB")
        timed = in_page(file, page_file) if chromium_path() else {}
        for what, seconds in timed.items():
            print(f"page: {what}: {seconds:.2f} s")
        begun = time.perf_counter()
        pseudonymise(file, KEY, Wish("demo", on=date(2022, 1, 1)))
        print(f"command line: {time.perf_counter() - begun:.2f} s")


if __name__ == "__main__":
    main()
