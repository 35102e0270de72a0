// Moves the canvas under the hand. A press on nothing that does not move selects nothing.
export class Pan {
  constructor(canvas, { empty = false } = {}) {
    Object.assign(this, { canvas, empty });
  }

  move(event) {
    this.canvas.sheet.classList.add("panning");
    this.canvas.view.moveBy(event.movementX, event.movementY);
  }

  end() {
    this.cancel();
    if (this.empty && !this.moved) this.canvas.commit("select", { ids: [] });
  }

  cancel() {
    this.canvas.sheet.classList.remove("panning");
  }
}
