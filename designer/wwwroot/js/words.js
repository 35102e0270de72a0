// Which of the flow's words fit where somebody writes. The large editor asks here too (code-editor/completion.js).
const wordBefore = /[\p{L}\p{N}_$]*$/u;

/**
 * A word: { label, kind, detail, apply, after }. With `after` it is offered only behind one of these texts, such as `variables.`
 * or `flows.rows("`; without, wherever a word may begin.
 * @param before what stands on the line before the caret
 */
export function wordsAt(words, before) {
  const word = wordBefore.exec(before)[0];
  const head = before.slice(0, before.length - word.length);
  const led = words.filter(({ after }) => after?.some((text) => head.endsWith(text)));
  const free = led.length > 0 || /[.'"\p{L}\p{N}_$]$/u.test(head) ? [] : words.filter(({ after }) => !after?.length);
  return { word, isLed: led.length > 0, offered: [...led, ...free] };
}
