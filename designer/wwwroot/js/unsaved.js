// What a page has in hand when it goes is kept in this browser.
export function guard(owner) {
  const leave = (event) => {
    // A field tells what stands in it when it is left.
    document.activeElement?.blur?.();
    const kept = owner.invokeMethod("InHand");
    if (kept && !keep(kept)) event.preventDefault();
    // Whoever stays after all still has it in hand.
    if (kept) setTimeout(() => localStorage.removeItem(kept.key), 2000);
  };
  addEventListener("beforeunload", leave);
  return { keep, dispose: () => removeEventListener("beforeunload", leave) };
}

// Where it does not fit the browser asks whether to leave.
function keep({ key, text }) {
  try {
    localStorage.setItem(key, text);
    return true;
  } catch { return false; }
}

// What was kept first under a key that begins so; the rest waits for the next time.
export function take(prefix) {
  try {
    const key = Object.keys(localStorage).find((name) => name.startsWith(prefix));
    if (!key) return null;
    const text = localStorage.getItem(key);
    localStorage.removeItem(key);
    return text;
  } catch { return null; }
}
