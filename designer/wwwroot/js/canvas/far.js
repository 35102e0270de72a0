import { crosses } from "./curve.js";

// From afar nodes and wires are parts of a few paths: .NET knows which.
export const isFar = (canvas) => canvas.sheet.dataset.detail === "box";

// Id of the node under the pointer; null when there is none.
export function nodeUnder(canvas, event) {
  const node = event.target.closest("[data-node]");
  if (node) return node.dataset.node;
  return event.target.closest("[data-far]") ? canvas.ask("NodeAt", ...canvas.view.place(event)) : null;
}

// Keys of the wires that a line crosses.
export function wiresAcross(canvas, from, to) {
  if (isFar(canvas)) return canvas.ask("Crossed", ...from, ...to);
  return [...canvas.sheet.querySelectorAll(".wire")].filter((wire) => crosses(wire.querySelector(".wire-line"), from, to)).map((wire) => wire.dataset.wire);
}
