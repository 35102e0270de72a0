// A short list of the flow's words under a small code box: arrows choose, Enter or Tab takes, Escape closes, Ctrl-Space asks for it.
import { wordsAt } from "./words.js";

const most = 8;

/**
 * @param list the empty listbox under the box
 * @param ask gives the words, when the box is entered
 * @param put writes a text over what is selected in the box
 */
export function suggest(box, list, ask, put) {
  let [words, shown, at, length] = [[], [], 0, 0];
  box.addEventListener("focus", () => learn(box.value));
  box.addEventListener("input", () => look(false));
  box.addEventListener("blur", close);
  box.addEventListener("click", close);
  box.addEventListener("keydown", (event) => {
    if (event.key === " " && event.ctrlKey) take(event, () => look(true));
    else if (shown.length === 0) return;
    else if (event.key === "ArrowDown") take(event, () => mark(at + 1));
    else if (event.key === "ArrowUp") take(event, () => mark(at - 1));
    else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey || event.key === "Tab" && !event.shiftKey) take(event, () => write(at));
    else if (event.key === "Escape") take(event, close);
    else if (["ArrowLeft", "ArrowRight", "Home", "End", "PageUp", "PageDown"].includes(event.key)) close();
  });
  list.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    const row = event.target.closest("li");
    if (row) write([...list.children].indexOf(row));
  });

  // Whoever is quick has written something by the time that the words are there, or was in the box before this was.
  async function learn(before) {
    words = await ask();
    if (document.activeElement === box && box.value !== before) look(false);
  }

  if (document.activeElement === box) learn(null);

  function look(isAsked) {
    const before = box.value.slice(0, box.selectionStart);
    const { word, isLed, offered } = wordsAt(words, before.slice(before.lastIndexOf("\n") + 1));
    const like = word.toLowerCase();
    const fit = word || isLed || isAsked ? offered.filter(({ label, apply }) => label.toLowerCase().includes(like) && (apply ?? label) !== word) : [];
    const begins = ({ label }) => label.toLowerCase().startsWith(like) ? 0 : 1;
    // A letter alone is found within most words.
    shown = fit.filter((one) => word.length > 1 || begins(one) === 0).sort((one, other) => begins(one) - begins(other)).slice(0, most);
    length = word.length;
    draw();
  }

  function draw() {
    list.replaceChildren(...shown.map(({ label, detail }, number) => {
      const [row, name, said] = ["li", "b", "span"].map((tag) => document.createElement(tag));
      [row.id, name.textContent, said.textContent] = [`${list.id}-${number}`, label, detail];
      row.setAttribute("role", "option");
      row.append(name, said);
      return row;
    }));
    list.hidden = shown.length === 0;
    if (shown.length > 0) mark(0);
    else box.removeAttribute("aria-activedescendant");
  }

  function mark(number) {
    at = (number + shown.length) % shown.length;
    [...list.children].forEach((row, own) => row.setAttribute("aria-selected", String(own === at)));
    box.setAttribute("aria-activedescendant", list.children[at].id);
  }

  function write(number) {
    const { label, apply } = shown[number];
    box.setSelectionRange(box.selectionStart - length, box.selectionStart);
    put(box, apply ?? label);
    close();
  }

  function close() {
    shown = [];
    draw();
  }

  // The box's other manners do not see the key.
  function take(event, act) {
    event.preventDefault();
    event.stopImmediatePropagation();
    act();
  }
}
