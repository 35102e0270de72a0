const ours = /^(Delete|Backspace|Ctrl\+(Delete|Backspace|Enter|[zyadfgs0])|Ctrl\+Shift\+([zpg]|Enter)|Escape|[fcwdnbplvCWDNBPLV?+=-]|Shift\+\+|Shift\+F|Shift\+Enter|F8|F9|F10|Shift\+F10|ContextMenu|Tab|Enter|F1|F2|F6|(Ctrl\+|Shift\+|Alt\+)?Arrow\w+)$/;

// A key with its modifiers as CanvasKeys.cs knows it; null for keys that are the browser's.
export function keyName(event) {
  const ctrl = event.ctrlKey || event.metaKey;
  const name = (event.altKey ? "Alt+" : "") + (ctrl ? "Ctrl+" : "") + (event.shiftKey && event.key !== "?" ? "Shift+" : "") + (ctrl && event.key.length === 1 ? event.key.toLowerCase() : event.key);
  return ours.test(name) ? name : null;
}
