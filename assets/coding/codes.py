"""From an identifier to a code: HMAC-SHA-256 under the partners' key, in a form people can read.

A code is letters and digits in turn (``T-K4M7-...``): no run of it can look like a tax code, a
telephone or an IBAN, and O or I cannot be taken for 0 or 1, because the place tells which it is.
"""

from __future__ import annotations

import hmac

from assets.coding.keys import Key
from assets.coding.shared import pattern, shared


def message(programme: str, kind: str, *parts: str) -> bytes:
    """Return the bytes that are coded: a domain, then each field behind its length.

    The lengths (four bytes, big-endian) keep ("ab", "c") and ("a", "bc") apart.
    """
    made = bytearray(shared()["domain"].encode())
    for each in (programme, kind, *parts):
        data = each.encode("utf-8")
        made += len(data).to_bytes(4, "big") + data
    return bytes(made)


def code(key: Key, programme: str, kind: str, *parts: str) -> str:
    """Return the code of an identifier.

    Parameters
    ----------
    kind
        ``tax_code``, ``tax_code_unchecked``, ``name_birth_date`` (surname, name, ISO date),
        ``full_name_birth_date`` (words of a name in order of the alphabet, ISO date) or ``register`` (name of the register, number).

    Returns
    -------
    str
        Prefix (T certain; W, N weaker; R a register's number), eleven pairs (85 bits), a check pair.
    """
    digest = hmac.digest(key.secret, message(programme, kind, *parts), "sha256")
    rules = shared()["code"]
    body = "".join(
        _pair(int.from_bytes(digest[2 * n : 2 * n + 2], "big") % (len(rules["letters"]) * 10))
        for n in range(rules["pairs"])
    )
    prefix = rules["prefixes"][kind]
    return _grouped(prefix, body + _pair(_check(prefix + body)))


def is_code(text: str) -> bool:
    """Say whether a text is a code whose check pair is right."""
    rules = shared()["code"]
    bare = text.replace("-", "").upper()
    prefixes = "".join(rules["prefixes"].values())
    shape = f"^[{prefixes}](?:[{rules['letters']}][0-9]){{{rules['pairs'] + 1}}}$"
    return bool(pattern(shape).search(bare)) and bare[-2:] == _pair(_check(bare[:-2]))


def _pair(number: int) -> str:
    return f"{shared()['code']['letters'][number // 10]}{number % 10}"


def _check(bare: str) -> int:
    """Return a weighted sum modulo a prime: any one wrong character, any two swapped, change it."""
    letters = shared()["code"]["letters"]
    values = [int(each) if each.isdigit() else letters.find(each) for each in bare]
    total = sum(place * value for place, value in enumerate(values, start=1))
    return total % int(shared()["code"]["check_modulus"])


def _grouped(prefix: str, body: str) -> str:
    size = shared()["code"]["group"]
    return "-".join([prefix, *(body[at : at + size] for at in range(0, len(body), size))])
