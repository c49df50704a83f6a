(() => {
  // On paper nothing can be unfolded.
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")];
    folded.forEach((each) => { each.open = true; });
  });
  addEventListener("afterprint", () => { folded.forEach((each) => { each.open = false; }); });
  // A narrow screen begins with each section's line, a book's contents with their title; what the address
  // names stands open. Without this script, and where there is room, all is open.
  [["details.fold", "56rem"], [".toc > details", "62rem"]].forEach(([which, from]) => {
    const wide = matchMedia(`(min-width: ${from})`);
    const set = (open) => document.querySelectorAll(which).forEach((each) => { each.open = open; });
    if (!wide.matches) set(false);
    wide.addEventListener("change", () => { if (wide.matches) set(true); });
  });
  const reveal = () => {
    const named = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const section = named && named.closest(".evidence");
    const fold = section && section.querySelector("details.fold");
    if (fold) { fold.open = true; named.scrollIntoView(); }
  };
  addEventListener("hashchange", reveal);
  reveal();
  // Dashboard pages: links choose one page; without this script all pages show one below the other.
  const links = [...document.querySelectorAll("nav.pages a")];
  const pages = [...document.querySelectorAll("main > .page")];
  const show = () => {
    const wanted = location.hash.slice(1);
    const target = wanted && document.getElementById(wanted);
    const page = (target && target.closest(".page")) || (target ? null : pages[0]);
    if (!page) return;
    pages.forEach((p) => { p.hidden = p !== page; });
    links.forEach((a) => {
      if (a.hash === "#" + page.id) a.setAttribute("aria-current", "page");
      else a.removeAttribute("aria-current");
    });
  };
  if (links.length) { addEventListener("hashchange", show); show(); }
  // Tab sets: buttons with arrow keys, as WAI-ARIA describes them.
  document.querySelectorAll(".tabset").forEach((set) => {
    const panels = [...set.children].filter((c) => c.classList.contains("tab-panel"));
    if (panels.length < 2) return;
    const list = document.createElement("div");
    list.className = "tablist";
    list.setAttribute("role", "tablist");
    const buttons = panels.map((panel) => {
      const button = document.createElement("button");
      button.type = "button";
      button.id = panel.id + "-button";
      button.textContent = panel.querySelector(".tab-title").textContent;
      button.setAttribute("role", "tab");
      button.setAttribute("aria-controls", panel.id);
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", button.id);
      list.append(button);
      return button;
    });
    const choose = (n, focus) => {
      panels.forEach((p, i) => { p.hidden = i !== n; });
      buttons.forEach((b, i) => {
        b.setAttribute("aria-selected", String(i === n));
        b.tabIndex = i === n ? 0 : -1;
      });
      if (focus) buttons[n].focus();
    };
    buttons.forEach((button, i) => {
      button.addEventListener("click", () => choose(i, false));
      button.addEventListener("keydown", (event) => {
        const last = buttons.length - 1;
        const to = { ArrowRight: i === last ? 0 : i + 1, ArrowLeft: i === 0 ? last : i - 1, Home: 0, End: last }[event.key];
        if (to !== undefined) { event.preventDefault(); choose(to, true); }
      });
    });
    set.prepend(list);
    set.classList.add("scripted");
    choose(0, false);
  });
})();
