import { markSplice, wireUnder } from "./splice.js";

// An activity from the palette is dropped on the canvas or on a wire.
export function dropActivity(canvas, event) {
  event.preventDefault();
  const [x, y] = canvas.view.place(event);
  const type = event.dataTransfer.getData("application/x-flows-activity") || event.dataTransfer.getData("text/plain");
  markSplice(canvas, null);
  if (type) canvas.commit("drop", { to: type, id: wireUnder(event)?.dataset.wire ?? null, x, y });
  canvas.frame.focus({ preventScroll: true });
}
