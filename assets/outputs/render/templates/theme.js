(() => {
  // The dark theme: the system's wish until a reader chooses; the choice is kept where the browser lets it.
  const root = document.documentElement;
  const toggle = document.querySelector(".theme-toggle");
  if (!toggle) return;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme || (system.matches ? "dark" : "light")) === "dark";
  const told = () => toggle.setAttribute("aria-pressed", String(isDark()));
  toggle.hidden = !CSS.supports("color", "light-dark(#000, #fff)");
  toggle.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    try { localStorage.setItem("lunattiva-theme", root.dataset.theme); } catch { /* for this time only */ }
    told();
  });
  system.addEventListener("change", told);
  told();
})();
