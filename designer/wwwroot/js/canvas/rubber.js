// Selects by a box.
export class Rubber {
  constructor(canvas) {
    this.canvas = canvas;
    this.box = canvas.sheet.querySelector(".rubber");
  }

  move(event) {
    const { view } = this.canvas;
    const sides = between(view.screen(event), view.screen({ clientX: this.from[0], clientY: this.from[1] }));
    for (const [name, value] of Object.entries(sides)) this.box.setAttribute(name, value);
  }

  end(event) {
    this.cancel();
    this.canvas.commit("rubber", between(this.canvas.view.place(event), this.start));
  }

  cancel() {
    this.box.setAttribute("width", 0);
  }
}

function between([x, y], [fx, fy]) {
  return { x: Math.min(x, fx), y: Math.min(y, fy), width: Math.abs(x - fx), height: Math.abs(y - fy) };
}
