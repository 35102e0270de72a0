import { nodeUnder } from "./far.js";

const patience = 550;

// What can be done with the thing under the pointer.
export function openMenu(canvas, event) {
  if (event.target.closest(".quick-add")) return;
  event.preventDefault();
  canvas.commit("menu", {
    id: event.target.closest("[data-wire]")?.dataset.wire ?? null,
    to: nodeUnder(canvas, event),
    ...canvas.view.spot(event),
  });
}

// A finger that rests opens the menu, as the right button does.
export class LongPress {
  start(canvas, event) {
    this.stop();
    this.opened = false;
    if (event.pointerType !== "touch") return;
    this.timer = setTimeout(() => {
      canvas.cancel();
      this.opened = true;
      openMenu(canvas, event);
    }, patience);
  }

  stop() {
    clearTimeout(this.timer);
  }
}
