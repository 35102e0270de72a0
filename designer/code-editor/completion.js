// Completion by what the flow knows: variables, inputs, functions, columns of the tables that come in.
import { wordsAt } from "../wwwroot/js/words.js";

const wholeWord = /^[\p{L}\p{N}_$]*$/u;

export function knownWords(words) {
  return (context) => {
    const line = context.state.doc.lineAt(context.pos);
    const { word, isLed, offered } = wordsAt(words, line.text.slice(0, context.pos - line.from));
    const options = offered.map(({ label, kind, detail, apply }) => ({ label, type: kind, detail, apply: apply ?? label, boost: 5 }));
    if (options.length === 0 || (!word && !isLed && !context.explicit)) return null;
    return { from: context.pos - word.length, options, validFor: wholeWord };
  };
}
