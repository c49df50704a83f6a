"""Codes against named references; the same file of vectors runs in Chromium (tests/browser)."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import struct
from datetime import date
from pathlib import Path

import pytest
from stdnum.it import codicefiscale

from assets.coding.codes import code, is_code, message
from assets.coding.columns import propose
from assets.coding.found import kinds_in
from assets.coding.keys import Key, key_from_passphrase
from assets.coding.normalise import (
    age_on,
    check_letter,
    day_of,
    name,
    name_words,
    register_number,
    tax_code,
    tax_code_kind,
)
from assets.coding.shared import shared

VECTORS = json.loads(Path(__file__).with_name("coding_vectors.json").read_text("utf-8"))
KEY = Key(bytes.fromhex(VECTORS["key"]["secret"]))


@pytest.mark.parametrize("each", VECTORS["hmac"])
def test_hmac_is_that_of_rfc_4231(each):
    secret, data = bytes.fromhex(each["key"]), bytes.fromhex(each["data"])
    assert hmac.digest(secret, data, "sha256").hex() == each["mac"]


@pytest.mark.parametrize("each", VECTORS["scrypt"])
def test_scrypt_is_that_of_rfc_7914(each):
    made = hashlib.scrypt(each["password"].encode(), salt=each["salt"].encode(), n=each["N"], r=each["r"],
                          p=each["p"], dklen=each["length"], maxmem=2**26)  # fmt: skip
    assert made.hex() == each["key"]


@pytest.mark.parametrize(("text", "normal", "kind"), VECTORS["tax_codes"])
def test_tax_codes_are_taken_as_issued(text, normal, kind):
    assert (tax_code(text), tax_code_kind(tax_code(text))) == (normal, kind)


@pytest.mark.parametrize(
    "normal", sorted({n for _, n, kind in VECTORS["tax_codes"] if kind and len(n) == 16 and n[3] == "Z"})
)  # fmt: skip
def test_the_check_character_is_that_of_stdnum(normal):
    assert check_letter(normal[:15]) == codicefiscale.calc_check_digit(normal[:15])


def test_omocodia_is_never_decoded():
    base, omocode = (
        code(KEY, "demo", "tax_code", each) for each in ("QQQZZZ70H15E897Q", "QQQZZZ70H15E89TN")
    )
    assert base != omocode, "omocodia tells two people apart"


@pytest.mark.parametrize(("text", "normal"), VECTORS["names"])
def test_names(text, normal):
    assert name(text) == normal


@pytest.mark.parametrize(("text", "is_surname_first", "words"), VECTORS["whole_names"])
def test_whole_names(text, is_surname_first, words):
    assert list(name_words(text, is_surname_first=is_surname_first)) == words


@pytest.mark.parametrize(("text", "normal"), VECTORS["registers"])
def test_register_numbers(text, normal):
    assert register_number(text) == normal


@pytest.mark.parametrize(("text", "iso"), VECTORS["days"])
def test_days(text, iso):
    assert day_of(text) == (date.fromisoformat(iso) if iso else None)


@pytest.mark.parametrize(("text", "age"), VECTORS["ages"])
def test_ages(text, age):
    assert age_on(text, date.fromisoformat(VECTORS["ages_on"])) == age


def test_the_key_id_is_a_digest_of_the_key():
    expected = hashlib.sha256(b"lunattiva/key-id/v1/" + KEY.secret).hexdigest()[:8]
    assert KEY.id == VECTORS["key"]["id"] == expected
    assert KEY.line == VECTORS["key"]["line"] == f"lunattiva-key:1:{KEY.secret.hex()}:{expected}"
    assert KEY.secret.hex() not in repr(KEY)


def test_a_passphrase_is_stretched_as_the_documents_say():
    each = VECTORS["passphrases"][1]
    secret = hashlib.scrypt(" ".join(each["text"].split()).encode(), n=2**17, r=8, p=1, dklen=32, maxmem=2**28,
                            salt=b"lunattiva/passphrase/v1/" + each["programme"].encode())  # fmt: skip
    assert key_from_passphrase(each["text"], each["programme"]).secret == secret
    assert Key(secret).id == each["id"]


@pytest.mark.parametrize("each", VECTORS["passphrases"][2:])
def test_passphrases(each):
    assert key_from_passphrase(each["text"], each["programme"]).id == each["id"]


def worked_by_hand(secret: bytes, programme: str, kind: str, parts: list[str]) -> str:
    """Compute a code from assets/coding/README.md alone."""
    fields = [each.encode() for each in (programme, kind, *parts)]
    said = b"lunattiva/v1/" + b"".join(struct.pack(">I", len(each)) + each for each in fields)
    letters = "ABCDEFGHJKMNPQRSTVWXYZ"
    digest = hmac.new(secret, said, hashlib.sha256).digest()
    numbers = [high * 256 + low for high, low in zip(digest[0:22:2], digest[1:22:2], strict=True)]
    prefixes = {"tax_code": "T", "tax_code_unchecked": "W", "name_birth_date": "N"}
    prefix = {**prefixes, "full_name_birth_date": "N", "register": "R"}[kind]
    bare = prefix + "".join(letters[n % 220 // 10] + str(n % 10) for n in numbers)
    values = [int(c) if c.isdigit() else letters.index(c) for c in bare]
    check = sum(place * value for place, value in enumerate(values, 1)) % 211
    bare += letters[check // 10] + str(check % 10)
    return bare[0] + "".join("-" + bare[at : at + 4] for at in range(1, len(bare), 4))


@pytest.mark.parametrize("each", VECTORS["codes"])
def test_codes(each):
    made = code(KEY, each["programme"], each["kind"], *each["parts"])
    assert message(each["programme"], each["kind"], *each["parts"]).hex() == each["message"]
    assert (
        made
        == each["code"]
        == worked_by_hand(KEY.secret, each["programme"], each["kind"], each["parts"])
    )
    assert len(made) == 31 and re.fullmatch(r"[TWNR](-([A-Z][0-9]){2}){6}", made)


def test_fields_behind_their_lengths_cannot_run_together():
    assert (
        len(
            {message("p", "k", *each) for each in (("ab", "c"), ("a", "bc"), ("abc", ""), ("abc",))}
        )
        == 4
    )


def test_a_slip_of_the_pen_breaks_the_check():
    right = VECTORS["codes"][0]["code"]
    assert is_code(right) and is_code(right.lower().replace("-", ""))
    bare = right.replace("-", "")
    for at in range(1, len(bare)):
        pool = "0123456789" if bare[at].isdigit() else shared()["code"]["letters"]
        assert not any(
            is_code(bare[:at] + other + bare[at + 1 :]) for other in pool if other != bare[at]
        )
    for at in range(1, len(bare) - 4):  # two places apart: neighbours differ in kind, which shows
        swapped = bare[:at] + bare[at + 2] + bare[at + 1] + bare[at] + bare[at + 3 :]
        assert swapped == bare or not is_code(swapped)


@pytest.mark.parametrize(("heading", "cells", "action"), VECTORS["proposals"])
def test_proposals(heading, cells, action):
    assert propose(heading, cells) == action


@pytest.mark.parametrize(("text", "kinds"), VECTORS["kinds"])
def test_what_still_looks_like_an_identifier(text, kinds):
    assert kinds_in(text) == kinds
