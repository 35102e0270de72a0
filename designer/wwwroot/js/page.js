// The few page services that the editor needs from the browser.
export function focusOn(selector) {
  const target = [...document.querySelectorAll(selector)].find((element) => element.offsetParent !== null && !element.disabled);
  target?.focus();
  target?.select?.();
}

export function remember(key, text) {
  try { localStorage.setItem(key, text); } catch { /* private window: it lasts for this page */ }
}

export function recall(key) {
  try { return localStorage.getItem(key); } catch { return null; }
}

export function reveal(selector) {
  document.querySelector(selector)?.scrollIntoView({ block: "nearest" });
}

export async function copy(text) {
  if (text) await navigator.clipboard.writeText(text);
}

// Resolves when the page has had nothing to do for a moment.
export function rest() {
  const idle = window.requestIdleCallback ?? ((then) => setTimeout(then, 50));
  return new Promise((done) => idle(() => done(), { timeout: 3000 }));
}

export function download(path) {
  const link = document.createElement("a");
  link.href = path;
  link.download = "";
  document.body.append(link);
  link.click();
  link.remove();
}
