// Two fingers: the canvas follows their middle and their distance.
export class Pinch {
  constructor(canvas, fingers) {
    Object.assign(this, { canvas, fingers, last: measure(fingers) });
  }

  move() {
    const now = measure(this.fingers);
    const { view } = this.canvas;
    view.moveBy(now.clientX - this.last.clientX, now.clientY - this.last.clientY);
    if (this.last.apart > 0) view.zoomAt(view.screen(now), now.apart / this.last.apart);
    this.last = now;
  }

  end() {}

  cancel() {}
}

function measure(fingers) {
  const [one, other] = [...fingers.values()];
  return {
    clientX: (one.clientX + other.clientX) / 2,
    clientY: (one.clientY + other.clientY) / 2,
    apart: Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY),
  };
}
