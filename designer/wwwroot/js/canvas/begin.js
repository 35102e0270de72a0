import { Connect } from "./connect.js";
import { nodeUnder } from "./far.js";
import { Pan } from "./pan.js";
import { Enter, Press } from "./press.js";
import { Rubber } from "./rubber.js";
import { Slice } from "./slice.js";
import { clickWire } from "./splice.js";

// Which gesture a press begins; none when the press was all of it.
export function begin(canvas, event) {
  const at = (selector) => event.target.closest(selector);
  const add = event.shiftKey || event.ctrlKey || event.metaKey;
  if (event.button === 1 || canvas.space) return new Pan(canvas);
  if (at("[data-port]")) return new Connect(canvas, at("[data-port]"));
  if (at("[data-enter]")) return new Enter(canvas, at("[data-enter]"));
  const node = nodeUnder(canvas, event);
  if (node) return new Press(canvas, node, add);
  if (event.altKey) return new Slice(canvas);
  if (at("[data-wire]")) return void clickWire(canvas, at("[data-wire]"), event);
  return add ? new Rubber(canvas) : new Pan(canvas, { empty: true });
}
