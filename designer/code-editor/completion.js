// Completion by what the flow knows: variables, inputs, functions, columns of the tables that come in.
const wordBefore = /[\p{L}\p{N}_$]*$/u;
const wholeWord = /^[\p{L}\p{N}_$]*$/u;

/**
 * A word: { label, kind, detail, apply, after }. With `after` it is offered only behind one of these texts, such as `variables.`
 * or `flows.rows("`; without, wherever a word may begin.
 */
export function knownWords(words) {
  return (context) => {
    const line = context.state.doc.lineAt(context.pos);
    const before = line.text.slice(0, context.pos - line.from);
    const word = wordBefore.exec(before)[0];
    const head = before.slice(0, before.length - word.length);
    const led = words.filter(({ after }) => after?.some((text) => head.endsWith(text)));
    const free = led.length > 0 || /[.'"\p{L}\p{N}_$]$/u.test(head) ? [] : words.filter(({ after }) => !after?.length);
    const options = [...led, ...free].map(({ label, kind, detail, apply }) => ({ label, type: kind, detail, apply: apply ?? label, boost: 5 }));
    if (options.length === 0 || (!word && led.length === 0 && !context.explicit)) return null;
    return { from: context.pos - word.length, options, validFor: wholeWord };
  };
}
