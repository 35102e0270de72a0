// A textarea with the manners of a code editor: Tab indents, Shift-Tab outdents, Enter keeps the indentation, Escape lets Tab leave, Ctrl-E opens the large one.
import { suggest } from "./suggest.js";

/** @param flow answers `Offer` with the words of the flow; null where there are none */
export function mind(box, list, flow) {
  if (!box) return;
  let leaving = false;
  if (flow) suggest(box, list, () => flow.invokeMethodAsync("Offer"), put);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") leaving = true;
    else if (event.key === "e" && (event.ctrlKey || event.metaKey)) expand(box, event);
    else if (event.key === "Tab" && !leaving) indent(box, event);
    else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) breakLine(box, event);
    else if (!["Shift", "Tab"].includes(event.key)) leaving = false;
  });
  box.addEventListener("blur", () => { leaving = false; });
}

function expand(box, event) {
  const button = box.parentElement.querySelector("[data-action=open-code]");
  if (!button) return;
  event.preventDefault();
  // Leaving the box tells what stands in it, if that is news, before the large editor asks for it.
  box.blur();
  button.click();
}

const unit = (box) => " ".repeat(box.dataset.language === "python" ? 4 : 2);

function put(box, text) {
  // insertText keeps the browser's own undo; setRangeText would lose it.
  if (!document.execCommand("insertText", false, text)) box.setRangeText(text, box.selectionStart, box.selectionEnd, "end");
}

function indent(box, event) {
  event.preventDefault();
  const { selectionStart: from, selectionEnd: to, value } = box;
  if (from === to && !event.shiftKey) return put(box, unit(box));
  const start = value.lastIndexOf("\n", from - 1) + 1;
  const lines = value.slice(start, to).split("\n");
  const tab = unit(box);
  const changed = lines.map((line) => event.shiftKey ? line.replace(new RegExp(`^ {1,${tab.length}}`), "") : tab + line).join("\n");
  box.setSelectionRange(start, to);
  put(box, changed);
  box.setSelectionRange(lines.length > 1 ? start : Math.max(start, from + changed.length - (to - start)), start + changed.length);
}

function breakLine(box, event) {
  event.preventDefault();
  const before = box.value.slice(0, box.selectionStart);
  const line = before.slice(before.lastIndexOf("\n") + 1);
  const deeper = box.dataset.language === "python" && line.trimEnd().endsWith(":") ? unit(box) : "";
  put(box, "\n" + /^\s*/.exec(line)[0] + deeper);
}
