// The large code editor, bundled by npm's esbuild: loaded only when somebody opens it.
import { basicSetup, EditorView } from "codemirror";
import { completionStatus } from "@codemirror/autocomplete";
import { indentWithTab } from "@codemirror/commands";
import { javascript } from "@codemirror/lang-javascript";
import { json } from "@codemirror/lang-json";
import { liquid } from "@codemirror/lang-liquid";
import { python } from "@codemirror/lang-python";
import { PostgreSQL, sql } from "@codemirror/lang-sql";
import { indentUnit } from "@codemirror/language";
import { EditorState, Prec } from "@codemirror/state";
import { keymap } from "@codemirror/view";
import { knownWords } from "./completion.js";
import { look } from "./look.js";

const languages = { javascript, json, liquid, python, sql: () => sql({ dialect: PostgreSQL, upperCaseKeywords: false }), cases: json };

/** Opens the editor in an element. Words: what the flow knows, see completion.js. Done: called for Ctrl-Enter. */
export function open(host, text, { language, label, words }, done) {
  // One function for good: completion knows a source by its identity.
  const known = [{ autocomplete: knownWords(words) }];
  const view = new EditorView({ parent: host, state: EditorState.create({ doc: text, extensions: [
    Prec.highest(keymap.of([{ key: "Mod-Enter", run: () => { done.invokeMethodAsync("Done"); return true; } }])),
    basicSetup,
    keymap.of([indentWithTab]),
    indentUnit.of(language === "python" ? "    " : "  "),
    languages[language]?.() ?? [],
    EditorState.languageData.of(() => known),
    EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0", spellcheck: "false" }),
    look,
  ] }) });
  keepEscape(host, view);
  view.focus();
  return { text: () => view.state.doc.toString(), dispose: () => view.destroy() };
}

// Escape closes the list of completions first; only then the dialog around it.
function keepEscape(host, view) {
  let listed = false;
  host.addEventListener("keydown", () => { listed = completionStatus(view.state) !== null; }, { capture: true });
  host.addEventListener("keydown", (event) => { if (listed && event.key === "Escape") event.stopPropagation(); });
}
