(() => {
  // Numbers say where they come from. A click on one, or Enter where the button in the page's head
  // has made them stops of the keyboard: one stop for all, arrows go from number to number.
  const source = document.getElementById("numbers");
  if (!source) return;
  const told = JSON.parse(source.textContent);
  let about = told;  // a page in two languages answers in that of the number
  const inLanguageOf = (e) => {
    const near = e && e.closest("[lang]");
    return (told.also || []).find((each) => near && each.lang === near.lang) || told;
  };
  // A number in a fold's line is said again inside it: there a click opens the fold.
  const found = [...document.querySelectorAll(".num[data-n]")].filter((e) => !e.closest("summary"));
  const drawn = (e) => /(?:^|_)n-([A-Z2-7]{9})-\d+$/.exec((e && e.id) || "");
  const make = (tag, text, parent) => {
    const e = document.createElement(tag);
    if (text) e.textContent = text;
    if (parent) parent.append(e);
    return e;
  };
  const dialog = make("dialog", "", document.body);
  dialog.className = "origin";
  const spoken = (e, of) => { e.lang = of.lang; e.dir = of.dir || "ltr"; };
  dialog.setAttribute("aria-labelledby", "origin-title");
  const list = (rows, parent) => {
    const dl = make("dl", "", parent);
    rows.forEach(([label, text]) => { make("dt", label, dl); make("dd", text, dl); });
  };
  const spell = (id) => `${id[0]}-${id.slice(1, 5)}-${id.slice(5)}`;
  const show = (names, from) => {
    about = inLanguageOf(from);
    if (about.lang) spoken(dialog, about);
    dialog.replaceChildren();
    const several = names.length > 1;
    make("h2", several ? about.words.several : about.words.title, dialog).id = "origin-title";
    names.forEach((name) => {
      const [id, part] = name.split(".");
      const fields = about.numbers[id];
      make(several ? "h3" : "p", spell(id) + (part ? `, ${about.parts[part]}` : ""), dialog).className = "origin-id";
      if (!fields) { make("p", about.words.unknown, dialog); return; }
      list(fields.map((at, i) => [about.labels[i], about.texts[at]]).filter(([, text]) => text), dialog);
    });
    list(about.common, dialog);
    const further = make("p", about.words.further + " ", dialog);
    make("code", "lunattiva trace " + spell(names[0].split(".")[0]), further).dir = "ltr";
    const close = make("button", about.words.close, dialog);
    close.type = "button";
    close.addEventListener("click", () => dialog.close());
    dialog.showModal();
    dialog.scrollTop = 0;
  };
  const names = (e) => e.dataset.n.split("+");
  document.addEventListener("click", (event) => {
    if (event.target === dialog) { dialog.close(); return; }
    const number = event.target.closest(".num[data-n]");
    if (number && number.closest("summary")) return;
    if (number) { event.preventDefault(); show(names(number), number); return; }
    for (let e = event.target; e && e.closest && e.closest("svg"); e = e.parentElement) {
      const match = drawn(e);
      if (match) { show([match[1]], e); return; }
    }
  });
  // A figure is one picture to a screen reader: its numbers are behind one button below it.
  const figures = [...document.querySelectorAll("main svg[role=img]")].map((svg) => {
    const ids = [...new Set([...svg.querySelectorAll("g[id]")].map(drawn).filter(Boolean).map((m) => m[1]))];
    if (!ids.length) return null;
    const button = make("button", `${about.words.figure} (${ids.length})`);
    button.type = "button";
    button.className = "figure-numbers";
    button.hidden = true;
    button.addEventListener("click", () => show(ids, svg));
    const after = svg.closest("figure") || svg.closest("p") || svg;
    after.insertAdjacentElement("afterend", button);
    return button;
  }).filter(Boolean);
  const toggle = make("button", about.words.toggle);
  toggle.type = "button";
  toggle.className = "numbers-toggle";
  if (told.lang) spoken(toggle, told);
  (told.also || []).forEach((each) => { spoken(make("span", ` / ${each.words.toggle}`, toggle), each); });
  toggle.setAttribute("aria-pressed", "false");
  (document.querySelector(".masthead-inner") || document.body).append(toggle);
  let at = 0;
  const visible = (e) => e.checkVisibility ? e.checkVisibility() : e.getClientRects().length > 0;
  const stop = (to, focus) => {
    found.forEach((e) => { e.tabIndex = -1; });
    at = to;
    found[at].tabIndex = 0;
    if (focus) found[at].focus();
  };
  const on = () => toggle.getAttribute("aria-pressed") === "true";
  toggle.addEventListener("click", () => {
    toggle.setAttribute("aria-pressed", String(!on()));
    document.documentElement.classList.toggle("numbers-on", on());
    figures.forEach((button) => { button.hidden = !on(); });
    found.forEach((e) => {
      if (!on()) { ["role", "tabindex", "aria-haspopup"].forEach((name) => e.removeAttribute(name)); return; }
      e.setAttribute("role", "button");
      e.setAttribute("aria-haspopup", "dialog");
    });
    if (on() && found.length) stop(Math.max(0, found.findIndex(visible)), false);
  });
  document.addEventListener("keydown", (event) => {
    const here = found.indexOf(document.activeElement);
    if (!on() || here < 0 || dialog.open) return;
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); show(names(found[here]), found[here]); return; }
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    for (let to = here + step; to >= 0 && to < found.length; to += step) {
      if (visible(found[to])) { stop(to, true); return; }
    }
  });
})();
