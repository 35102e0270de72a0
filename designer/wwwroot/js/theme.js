// Runs before the first paint: the chosen theme, else what the system prefers. Also the few page services .NET cannot do.
(() => {
  const key = "flows-theme";
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => { try { return localStorage.getItem(key); } catch { return null; } };
  const current = () => chosen() ?? (dark.matches ? "dark" : "light");
  const apply = () => { document.documentElement.dataset.theme = current(); };

  apply();
  dark.addEventListener("change", apply);

  window.flowsTheme = {
    current,
    choose(theme) {
      try { localStorage.setItem(key, theme); } catch { /* private window: the choice lasts for this page */ }
      document.documentElement.dataset.theme = theme;
    },
  };

  let before = null;
  const focusable = "button, a[href], input, select, textarea, [tabindex]:not([tabindex='-1'])";
  const trap = (event) => {
    if (event.key !== "Tab") return;
    const stops = [...event.currentTarget.querySelectorAll(focusable)].filter((stop) => !stop.disabled);
    if (stops.length === 0) return;
    const edge = event.shiftKey ? stops[0] : stops[stops.length - 1];
    if (document.activeElement !== edge) return;
    event.preventDefault();
    (event.shiftKey ? stops[stops.length - 1] : stops[0]).focus();
  };

  window.flowsPage = {
    openDialog(panel) {
      before = document.activeElement;
      panel.addEventListener("keydown", trap);
      (panel.querySelector("[autofocus]") ?? panel.querySelector(".dialog-body " + focusable.split(", ").join(", .dialog-body ")) ?? panel).focus();
    },
    closeDialog() {
      before?.focus?.();
      before = null;
    },
    async copy(text) {
      await navigator.clipboard.writeText(text);
    },
    click(element) {
      element?.click();
    },
    scrollToEnd(element) {
      if (element) element.scrollTop = element.scrollHeight;
    },
  };
})();
