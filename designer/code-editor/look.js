// The editor in the designer's colours, by its tokens: both themes at once.
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const theme = EditorView.theme({
  "&": { height: "100%", color: "var(--flows-ink)", backgroundColor: "var(--flows-raised)", fontSize: "0.84rem" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--flows-font-mono)", lineHeight: "1.55" },
  ".cm-content": { caretColor: "var(--flows-ink)" },
  ".cm-cursor": { borderLeftColor: "var(--flows-ink)", borderLeftWidth: "2px" },
  ".cm-gutters": { backgroundColor: "var(--flows-sunken)", color: "var(--flows-ink-faint)", borderRight: "1px solid var(--flows-line)" },
  ".cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--flows-accent-soft) 35%, transparent)" },
  ".cm-activeLineGutter": { backgroundColor: "var(--flows-accent-soft)", color: "var(--flows-ink)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "color-mix(in srgb, var(--flows-accent) 30%, transparent)" },
  ".cm-matchingBracket": { backgroundColor: "var(--flows-accent-soft) !important", outline: "1px solid var(--flows-accent)" },
  ".cm-tooltip, .cm-panels": { backgroundColor: "var(--flows-surface)", color: "var(--flows-ink)", border: "1px solid var(--flows-line-strong)", borderRadius: "8px" },
  ".cm-tooltip": { boxShadow: "var(--flows-shadow-2)", overflow: "hidden" },
  ".cm-tooltip-autocomplete ul li": { padding: "3px 10px !important" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--flows-accent)", color: "var(--flows-accent-ink)" },
  ".cm-completionDetail": { color: "var(--flows-ink-soft)", fontStyle: "normal" },
  "li[aria-selected] .cm-completionDetail": { color: "inherit" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
});

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], color: "var(--flows-type-model)", fontWeight: "600" },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: "var(--flows-type-string)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--flows-type-number)" },
  { tag: [tags.comment], color: "var(--flows-ink-faint)", fontStyle: "italic" },
  { tag: [tags.function(tags.variableName), tags.function(tags.propertyName), tags.definition(tags.function(tags.variableName))], color: "var(--flows-type-table)" },
  { tag: [tags.typeName, tags.className, tags.tagName], color: "var(--flows-type-image)" },
  { tag: [tags.propertyName, tags.attributeName], color: "var(--flows-accent)" },
  { tag: tags.invalid, color: "var(--flows-state-faulted)" },
]);

export const look = [theme, syntaxHighlighting(colours)];
