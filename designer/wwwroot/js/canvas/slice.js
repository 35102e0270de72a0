import { wiresAcross } from "./far.js";

// A line that cuts the wires it crosses.
export class Slice {
  constructor(canvas) {
    this.canvas = canvas;
  }

  move(event) {
    this.line = [this.start, this.canvas.view.place(event)];
    this.canvas.preview.show(`M${this.line[0].join(" ")}L${this.line[1].join(" ")}`, "slice");
  }

  end() {
    this.cancel();
    if (!this.line) return;
    const cut = wiresAcross(this.canvas, ...this.line);
    if (cut.length) this.canvas.commit("slice", { ids: cut });
  }

  cancel() {
    this.canvas.preview.hide();
  }
}
