"""What is asked of every page, each question as one short script: cheap enough to ask of all of them.

Why this is enough for every theme and width:

- A theme changes custom properties of colour and nothing else, so of axe's rules only those on
  contrast can answer differently: they are asked in both themes, the others once.
- Two pieces of text of the same element, colour, ground, size and weight have the same contrast, and
  rows of a table are made by one hand: axe looks at the first ones of each kind, not at thousands
  of cells. It looks last, for it takes the other rows away.
- A second language has other words in the same elements and colours: it is not asked for contrast.
- A width moves and wraps; it renames nothing. What can break is asked at each width: the page
  wider than the window, text cut off, targets too small or too near, boxes that scroll and cannot
  be reached, figures too small to read.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
CONTRAST = "color-contrast"
#: Widths the pages must stand, and half of the widest: what 200 % zoom leaves of its window.
WIDTHS = (1280, 768, 390)
ZOOMED = 640
#: A4 with the browser's usual margins, in CSS pixels.
PAPER = 718
#: On the main thread, from opening a page on disk until it answers.
MOST_S = 1.0
SMALLEST_TEXT_PX = 10
# Figures are drawn with text of 14 px (10.5 pt): no narrower than this share of their own width.
SMALLEST_FIGURE = 0.74

#: One piece of text of each kind: its element, colours, size and weight, on what it lies.
KINDS = """() => {
  const seen = new Map();
  const ground = (e) => { for (; e; e = e.parentElement) {
    const c = getComputedStyle(e); if (c.backgroundImage !== 'none') return e.className + c.backgroundImage;
    if (!/, 0\\)$|transparent/.test(c.backgroundColor)) return c.backgroundColor; } return ''; };
  document.querySelectorAll('body *').forEach((e) => {
    if (e.closest('svg, script, style') || !e.getClientRects().length) return;
    if (![...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim())) return;
    const c = getComputedStyle(e);
    const kind = [e.tagName, c.color, c.fontSize, c.fontWeight, c.opacity, ground(e)].join('|');
    const found = seen.get(kind) || []; if (found.length < 2) found.push(e); seen.set(kind, found);
  });
  return [...seen.values()].flat();
}"""
AXE = """async ([tags, rules, options, kinds]) => {
  const about = kinds ? {include: eval(kinds)()} : document;
  const only = rules ? {type: 'rule', values: rules} : {type: 'tag', values: tags};
  const {violations} = await axe.run(about, {runOnly: only, resultTypes: ['violations'], ...options});
  return violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.slice(0, 5).map((n) => n.target)}`);
}"""
#: Rows of a table are made alike: before axe looks, the page keeps the first and the last of each. Of a
#: drawing axe asks its name alone: its shapes go unless one has a part of its own to play.
FEWER = """() => {
  document.querySelectorAll('tbody tr:nth-child(n+5):not(:last-child)').forEach((e) => e.remove());
  const own = 'title, desc, [role], [tabindex], [aria-label]';
  document.querySelectorAll('svg *').forEach((e) => { if (e.isConnected && !e.matches(own) && !e.querySelector(own)) e.remove(); });
}"""
#: What a width, a zoom or larger letters may break; texts of what is wrong.
LAYOUT = """([smallestText, smallestFigure]) => {
  const wrong = [];
  const name = (e) => `${e.tagName}.${e.className && e.className.baseVal === undefined ? e.className : ''} ${e.textContent.trim().slice(0, 40)}`;
  const over = document.documentElement.scrollWidth - window.innerWidth;
  if (over > 0) wrong.push(`the page is ${over} px wider than the window`);
  const all = [...document.querySelectorAll('main *, header *, .toc *')].filter((e) => !e.closest('svg') && e.getClientRects().length);
  for (const e of all) {
    const c = getComputedStyle(e);
    const cut = /hidden|clip/.test(c.overflowX + c.overflowY) && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1);
    const isForEars = e.clientWidth < 3 || e.closest('thead') && e.closest('thead').clientWidth < 3;
    if (cut && !isForEars && c.display !== 'inline' && !e.closest('math')) wrong.push(`cut off: ${name(e)}`);
    const scrolls = /auto|scroll/.test(c.overflowX) && e.scrollWidth > e.clientWidth + 1;
    if (scrolls && e.tabIndex < 0 && !e.querySelector('a, button')) wrong.push(`scrolls out of reach: ${name(e)}`);
    if ([...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()) && parseFloat(c.fontSize) < smallestText) wrong.push(`too small: ${name(e)}`);
  }
  for (const e of document.querySelectorAll('main svg[role=img]')) {
    const own = parseFloat(e.getAttribute('width')) * (/pt$/.test(e.getAttribute('width')) ? 4 / 3 : 0);
    if (own && e.clientWidth && e.clientWidth / own < smallestFigure) wrong.push(`figure too small: ${e.id}`);
  }
  return wrong;
}"""
#: Targets under 24 px, not in a line of text, whose 24 px circle meets another (WCAG 2.5.8).
TARGETS = """() => {
  const all = [...document.querySelectorAll('a[href], button, summary, input, select')]
    .filter((e) => e.checkVisibility() && getComputedStyle(e).display !== 'inline')
    .map((e) => { const b = e.getBoundingClientRect();
      return {e, b, x: b.left + b.width / 2, y: b.top + b.height / 2, isSmall: b.width < 24 || b.height < 24}; });
  const meets = (a, o) => { const x = Math.max(o.b.left, Math.min(a.x, o.b.right)), y = Math.max(o.b.top, Math.min(a.y, o.b.bottom));
    return Math.hypot(a.x - x, a.y - y) < 12 || (o.isSmall && Math.hypot(a.x - o.x, a.y - o.y) < 24); };
  return all.filter((a) => a.isSmall && all.some((o) => o !== a && !o.e.contains(a.e) && !a.e.contains(o.e) && meets(a, o)))
    .map((a) => `target too small: ${a.e.textContent.trim().slice(0, 40)}`);
}"""
#: Everything the keyboard stops at shows that it is there, and is not under what stays in view.
FOCUS = """() => {
  const wrong = [];
  const all = [...document.querySelectorAll('a[href], button, summary, input, select, [tabindex="0"]')]
    .filter((e) => e.checkVisibility() && !e.disabled);
  for (const e of all) {
    if (e.tabIndex > 0) wrong.push(`comes before its turn: ${e.textContent.trim().slice(0, 40)}`);
    e.focus();
    const c = getComputedStyle(e);
    const {left, right, top, bottom} = e.getClientRects()[0] || {};
    const name = `${e.tagName} ${e.textContent.trim().slice(0, 40)}`;
    if (document.activeElement !== e) { wrong.push(`takes no focus: ${name}`); continue; }
    if (c.outlineStyle === 'none' || parseFloat(c.outlineWidth) < 2) wrong.push(`shows no focus: ${name}`);
    const low = Math.max(top, 0), high = Math.min(bottom, innerHeight);  // what of it is in view
    const there = [0.05, 0.5, 0.95].map((share) => document.elementFromPoint((left + right) / 2, low + (high - low) * share));
    if (!there.some((each) => each && (e.contains(each) || each.contains(e)))) wrong.push(`hidden while focused: ${name}`);
  }
  const mouse = [...document.querySelectorAll('[onclick], label')].filter((e) => !e.control && e.tabIndex < 0);
  mouse.forEach((e) => wrong.push(`only for a mouse: ${e.outerHTML.slice(0, 60)}`));
  document.activeElement.blur();
  return wrong;
}"""
#: On paper: every fold open, no table or picture wider than the sheet, nothing that needs a click.
PAPER_LOOK = """() => {
  const wrong = [];
  const there = (e) => e.getClientRects().length;
  document.querySelectorAll('details:not([open])').forEach((e) => wrong.push(`folded: ${e.textContent.trim().slice(0, 40)}`));
  document.querySelectorAll('main table, main svg[role=img], main img, main pre').forEach((e) => {
    if (there(e) && e.getBoundingClientRect().right > document.documentElement.clientWidth + 1) wrong.push(`cut by the sheet's edge: ${e.tagName} ${e.textContent.trim().slice(0, 40)}`);
  });
  document.querySelectorAll('.page, .tab-panel').forEach((e) => { if (!there(e)) wrong.push(`left out: ${e.id}`); });
  document.querySelectorAll('.theme-toggle, .numbers-toggle, .figure-numbers, .figure-data, .skip').forEach((e) => { if (there(e)) wrong.push(`of no use on paper: ${e.className}`); });
  const light = (text) => { const [r, g, b] = text.match(/[\\d.]+/g).map(Number); return r + g + b; };
  if (light(getComputedStyle(document.body).color) > 300) wrong.push('pale ink on paper');
  return wrong;
}"""
#: Addresses outside the page, links to nowhere inside it, colours of drawings no theme knows.
INSIDE = """() => {
  const wrong = [];
  document.querySelectorAll('[src], link[href], use[href]').forEach((e) => {
    const to = e.getAttribute('src') || e.getAttribute('href'); if (/^(https?:)?\\/\\//.test(to)) wrong.push(`fetches ${to}`); });
  document.querySelectorAll('a[href^="#"]').forEach((e) => { const id = decodeURIComponent(e.getAttribute('href').slice(1));
    if (id && !document.getElementById(id)) wrong.push(`leads nowhere: #${id}`); });
  const root = getComputedStyle(document.documentElement), names = new Set();
  document.querySelectorAll('svg[role=img]').forEach((e) => (e.outerHTML.match(/--f-[0-9a-f]{6}/g) || []).forEach((n) => names.add(n)));
  names.forEach((n) => { if (!root.getPropertyValue(n)) wrong.push(`no theme knows the colour ${n}`); });
  document.querySelectorAll('main svg[role=img]').forEach((e) => {
    if ((e.getAttribute('aria-label') || '').length < 20) wrong.push(`no description: ${e.id}`); });
  return wrong;
}"""


def axe_source() -> str:
    """Return the script of axe-core that the package brings along."""
    import axe_playwright_python

    folder = Path(axe_playwright_python.__file__).parent
    return (folder / "axe.min.js").read_text(encoding="utf-8")


class Looked:
    """One open page and what was found wrong with it, place by place."""

    def __init__(self, page: Any, name: str) -> None:
        self.page, self.name, self.wrong = page, name, []
        self._has_axe = False

    def found(self, where: str, wrong: list[str]) -> None:
        """Note what is wrong, with page and place."""
        self.wrong += [f"{self.name}, {where}: {each}" for each in wrong]

    def axe(self, where: str, *rules: str, is_sampled: bool = False, **options: Any) -> None:
        """Ask axe-core: some rules, or all of WCAG 2.0-2.2 level A and AA."""
        if not self._has_axe:
            self.page.evaluate(FEWER)
            self.page.evaluate(axe_source())
            self._has_axe = True
        asked = [TAGS, list(rules) or None, options, KINDS if is_sampled else None]
        self.found(where, self.page.evaluate(AXE, asked))

    def named(self) -> None:
        """Ask all rules that words and elements can break: all but contrast."""
        self.axe("axe", rules={CONTRAST: {"enabled": False}})

    def whole(self) -> None:
        """Ask all rules of the page as it stands; contrast of each kind of text once."""
        self.named()
        self.contrast("light")

    def contrast(self, theme: str) -> None:
        """Ask whether each kind of text stands out from what it lies on."""
        self.page.emulate_media(color_scheme=theme)
        self.axe(f"{theme} theme", CONTRAST, is_sampled=True)
        self.page.emulate_media(color_scheme="light")

    def width(self, width: int, where: str = "", height: int = 900) -> None:
        """Ask what a width may break."""
        self.page.set_viewport_size({"width": width, "height": height})
        where = where or f"{width} px"
        self.found(where, self.page.evaluate(LAYOUT, [SMALLEST_TEXT_PX, SMALLEST_FIGURE]))
        self.found(where, self.page.evaluate(TARGETS))

    def zoomed(self) -> None:
        """200 % zoom, and letters twice as large alone (WCAG 1.4.4, 1.4.10)."""
        self.width(ZOOMED, "200 % zoom", height=450)
        larger = "size => { document.documentElement.style.fontSize = size; }"
        self.page.evaluate(larger, "200%")
        self.width(WIDTHS[0], "letters at 200 %")
        self.page.evaluate(larger, "")

    def focused(self) -> None:
        """Ask of everything the keyboard stops at whether it shows."""
        self.page.keyboard.press("Tab")  # from now on focus is the keyboard's
        self.found("keyboard", self.page.evaluate(FOCUS))

    def printed(self) -> None:
        """Ask what paper may break, of a reader with the dark theme."""
        self.page.set_viewport_size({"width": PAPER, "height": 1000})
        self.page.emulate_media(media="print", color_scheme="dark")
        self.page.evaluate("dispatchEvent(new Event('beforeprint'))")
        self.found("print", self.page.evaluate(PAPER_LOOK))
        self.page.evaluate("dispatchEvent(new Event('afterprint'))")
        self.page.emulate_media(media="screen", color_scheme="light")
