import { curve, placed, snap, straight } from "./curve.js";
import { Crowd } from "./crowd.js";
import { isFar } from "./far.js";
import { markSplice, splicedWire, wireUnder } from "./splice.js";

// Moves what is chosen and the wires at it; .NET hears of it once, at the end.
export class Drag {
  constructor(canvas, held) {
    this.canvas = canvas;
    const ids = new Set(held);
    const all = (selector) => [...canvas.sheet.querySelectorAll(selector)];
    this.nodes = all("[data-node]").filter((node) => ids.has(node.dataset.node)).map((node) => ({ node, at: placed(node) }));
    this.wires = all(".wire")
      .map((wire) => ({ wire, from: ids.has(wire.dataset.from), to: ids.has(wire.dataset.to), ends: wire.dataset.ends.split(",").map(Number) }))
      .filter((wire) => wire.from || wire.to);
    for (const moved of this.wires) moved.paths = [...moved.wire.querySelectorAll("path")];
    this.shape = isFar(canvas) ? straight : curve;
    this.crowd = Crowd.of(canvas);
  }

  move(event) {
    const [x, y] = this.canvas.view.place(event);
    const to = this.canvas.frame.dataset.snap === "off" ? Math.round : snap;
    this.shift(to(x - this.start[0]), to(y - this.start[1]));
    if (this.nodes.length === 1 && this.wires.length === 0) markSplice(this.canvas, wireUnder(event));
  }

  shift(dx, dy) {
    if (dx === this.dx && dy === this.dy) return;
    [this.dx, this.dy] = [dx, dy];
    for (const { node, at } of this.nodes) node.style.transform = `translate(${at[0] + dx}px, ${at[1] + dy}px)`;
    for (const { paths, from, to, ends } of this.wires) {
      const d = this.shape(ends[0] + (from ? dx : 0), ends[1] + (from ? dy : 0), ends[2] + (to ? dx : 0), ends[3] + (to ? dy : 0));
      for (const path of paths) path.setAttribute("d", d);
    }
    this.crowd?.shift(dx, dy);
  }

  end() {
    const into = splicedWire(this.canvas);
    markSplice(this.canvas, null);
    if (this.dx || this.dy) this.canvas.commit("move", { to: into, x: this.dx, y: this.dy });
    this.settle();
  }

  cancel() {
    markSplice(this.canvas, null);
    this.shift(0, 0);
    this.settle();
  }

  // Where .NET refused the move its attributes are as before, and the DOM has to follow them.
  settle() {
    for (const { node } of this.nodes) node.style.transform = "";
    for (const { wire, paths } of this.wires) {
      const ends = wire.dataset.ends.split(",").map(Number);
      for (const path of paths) path.setAttribute("d", this.shape(...ends));
    }
    this.crowd?.settle();
  }
}
