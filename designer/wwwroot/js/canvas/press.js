import { Drag } from "./drag.js";

// A press on a node: a click selects it, a move drags it.
export class Press {
  constructor(canvas, id, add) {
    Object.assign(this, { canvas, id, add });
  }

  move() {
    const { sheet } = this.canvas;
    const isChosen = document.getElementById(`node-${this.id}`)?.classList.contains("selected");
    if (!isChosen) this.canvas.commit("select", { ids: [this.id], add: this.add });
    const chosen = [...sheet.querySelectorAll(".node.selected")];
    const members = chosen.flatMap((node) => node.dataset.members?.split(" ") ?? []).map((member) => document.getElementById(`node-${member}`));
    return new Drag(this.canvas, [...new Set([...chosen, ...members.filter((member) => member)])]);
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
