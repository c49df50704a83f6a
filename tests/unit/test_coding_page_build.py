"""The offline page as a file: the same each time, its policy exact, its libraries as recorded."""

from __future__ import annotations

import base64
import hashlib
import json
import re

from assets.coding.offline import FOLDER, SCRIPTS, page_html


def test_the_page_is_the_same_bytes_each_time_and_names_no_address():
    page = page_html("demo")
    assert page == page_html("demo")
    ours = page.replace("http://schemas.openxmlformats.org/", "")
    assert not re.search(r"(?:src|href)\s*=\s*[\"']?(?:https?:)?//", ours)
    assert "{{" not in page_html('x"><script>').split("<script>")[0]
    assert 'value="x&quot;&gt;&lt;script&gt;"' in page_html('x"><script>')


def test_the_policy_allows_this_script_and_style_and_no_connection():
    page = page_html()
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', page)
    for tag in ("script", "style"):
        (text,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    for part in (
        "default-src 'none'",
        "connect-src 'none'",
        "form-action 'none'",
        "base-uri 'none'",
    ):
        assert part in policy
    assert "unsafe" not in policy
    assert not re.search(r"\son\w+=|style=", re.sub(r"(?s)<script>.*", "", page)), (
        "inline code would be blocked"
    )


def test_vendored_libraries_are_those_recorded():
    told = (FOLDER / "vendor" / "VENDORED.md").read_text("utf-8")
    for path in sorted((FOLDER / "vendor").glob("*.js")):
        assert hashlib.sha256(path.read_bytes()).hexdigest() in told, path.name
        assert f"vendor/{path.name}" in SCRIPTS
    assert "fetch(" not in page_html() and "XMLHttpRequest" not in page_html()


def test_every_word_is_in_both_languages_and_none_is_missing():
    words = json.loads((FOLDER / "words.json").read_text("utf-8"))
    for key, each in words.items():
        assert set(each) == {"it", "en"} and all(each.values()), key
        assert sorted(re.findall(r"{(\w+)}", each["it"])) == sorted(
            re.findall(r"{(\w+)}", each["en"])
        ), key
    used = set(re.findall(r'data-word="(\w+)"', (FOLDER / "index.html").read_text("utf-8")))
    used |= {
        word
        for name in SCRIPTS
        for word in re.findall(r'say\("([\w.]+)"', (FOLDER / name).read_text("utf-8"))
    }
    problems = {
        f"bad.{word}"
        for name in SCRIPTS
        for word in re.findall(r'FileProblem\("(\w+)"', (FOLDER / name).read_text("utf-8"))
    }
    assert used | problems <= set(words)
