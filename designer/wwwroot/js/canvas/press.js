import { Drag } from "./drag.js";

// A press on a node: a click selects it, a move drags it.
export class Press {
  constructor(canvas, id, add) {
    Object.assign(this, { canvas, id, add });
  }

  move() {
    return new Drag(this.canvas, this.canvas.ask("Take", this.id, this.add));
  }

  end() {
    this.canvas.commit("select", { ids: [this.id], add: this.add });
  }

  cancel() {}
}

// The button on a node that opens its body.
export class Enter {
  constructor(canvas, button) {
    Object.assign(this, { canvas, button });
  }

  move() {}

  end() {
    this.canvas.commit("enter", { id: this.button.dataset.enter, to: this.button.dataset.slot });
  }

  cancel() {}
}
