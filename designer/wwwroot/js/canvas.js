// The canvas's hands. Gestures are transient: they move pixels while a hand moves and tell .NET once when they end. One module each.
import { begin } from "./canvas/begin.js";
import { useClipboard } from "./canvas/clipboard.js";
import { snap } from "./canvas/curve.js";
import { dropActivity } from "./canvas/drop.js";
import { nodeUnder } from "./canvas/far.js";
import { keyName } from "./canvas/keys.js";
import { LongPress, openMenu } from "./canvas/menu.js";
import { goByMap } from "./canvas/minimap.js";
import { Pinch } from "./canvas/pinch.js";
import { Preview } from "./canvas/preview.js";
import { markSplice, wireUnder } from "./canvas/splice.js";
import { View } from "./canvas/view.js";
import { zoomByWheel } from "./canvas/zoom.js";

export function mount(frame, sheet, dotnet) {
  return new Canvas(frame, sheet, dotnet);
}

class Canvas {
  constructor(frame, sheet, dotnet) {
    Object.assign(this, { frame, sheet, dotnet, space: false, gesture: null, fingers: new Map(), rest: new LongPress() });
    this.view = new View(frame, sheet, (kind, fields) => this.commit(kind, fields));
    this.preview = new Preview(sheet);
    this.life = new AbortController();
    this.listen();
  }

  listen() {
    const on = (target, name, handler, options = {}) => target.addEventListener(name, handler, { signal: this.life.signal, ...options });
    on(this.sheet, "pointerdown", (event) => this.down(event));
    on(this.sheet, "pointermove", (event) => this.move(event));
    on(this.sheet, "pointerup", (event) => this.up(event));
    on(this.sheet, "pointercancel", (event) => this.lost(event));
    // A finger that has opened the menu and leaves would press what lies below, where the browser did not see it rest.
    on(this.sheet, "touchend", (event) => { if (this.rest.opened) event.preventDefault(); }, { passive: false });
    on(this.sheet, "dblclick", (event) => this.double(event));
    on(this.frame, "contextmenu", (event) => openMenu(this, event));
    on(this.frame, "wheel", (event) => zoomByWheel(this.view, event), { passive: false });
    on(this.frame, "keydown", (event) => this.key(event));
    on(this.frame, "keyup", (event) => { if (event.code === "Space") this.space = false; });
    on(this.frame, "dragover", (event) => { event.preventDefault(); markSplice(this, wireUnder(event)); });
    on(this.frame, "dragleave", () => markSplice(this, null));
    on(this.frame, "drop", (event) => dropActivity(this, event));
    on(this.frame, "pointerdown", (event) => goByMap(this.view, event));
    for (const name of ["copy", "cut", "paste"]) on(document, name, (event) => useClipboard(this, event));
  }

  dispose() {
    this.life.abort();
    this.rest.stop();
    this.settled();
    this.view.dispose();
  }

  open(...box) { this.view.open(...box); }

  fit(...box) { this.view.fit(...box); }

  reveal(...box) { this.view.reveal(...box); }

  zoom(factor) { this.view.zoomAt([this.view.width / 2, this.view.height / 2], factor); }

  // For as long as the transition of .settling takes; a hand that takes hold meanwhile ends it.
  settle() {
    clearTimeout(this.settling);
    this.sheet.classList.add("settling");
    // What was drawn just now has to have been somewhere, or it would not come from there.
    this.sheet.getBoundingClientRect();
    this.settling = setTimeout(() => this.settled(), 400);
  }

  settled() {
    clearTimeout(this.settling);
    this.sheet.classList.remove("settling");
  }

  commit(kind, fields = {}) {
    return this.dotnet.invokeMethod("Commit", { kind, ...fields });
  }

  ask(question, ...about) {
    return this.dotnet.invokeMethod(question, ...about);
  }

  down(event) {
    if (event.button > 1 || event.target.closest(".quick-add")) return;
    this.frame.focus({ preventScroll: true });
    this.settled();
    if (event.pointerType === "touch") this.fingers.set(event.pointerId, event);
    if (this.fingers.size === 2) {
      this.cancel();
      return this.start(new Pinch(this, this.fingers), event);
    }
    this.rest.start(this, event);
    this.start(begin(this, event), event);
    if (this.gesture && event.button === 1) event.preventDefault();
  }

  start(gesture, event) {
    this.gesture = gesture ?? null;
    if (gesture) Object.assign(gesture, { start: this.view.place(event), from: [event.clientX, event.clientY], moved: false });
  }

  move(event) {
    if (this.fingers.has(event.pointerId)) this.fingers.set(event.pointerId, event);
    const gesture = this.gesture;
    if (!gesture) return;
    const far = Math.hypot(event.clientX - gesture.from[0], event.clientY - gesture.from[1]) > 3;
    if (!gesture.moved && !far) return;
    this.rest.stop();
    // Captured only now: a captured press would take the double click away from the node.
    if (!gesture.moved) {
      this.sheet.setPointerCapture(event.pointerId);
      this.hold(true);
    }
    gesture.moved = true;
    const next = gesture.move(event);
    if (!next) return;
    this.gesture = Object.assign(next, { start: gesture.start, from: gesture.from, moved: true });
    next.move(event);
  }

  up(event) {
    this.rest.stop();
    this.fingers.delete(event.pointerId);
    const gesture = this.gesture;
    this.gesture = null;
    gesture?.end(event);
    this.hold(false);
  }

  // What need not be at once is done when the hand rests.
  hold(holds) {
    if (holds === (this.holds ?? false)) return;
    this.holds = holds;
    this.commit(holds ? "hold" : "rest");
  }

  lost(event) {
    this.fingers.delete(event.pointerId);
    this.cancel();
  }

  cancel() {
    this.rest.stop();
    this.gesture?.cancel();
    this.gesture = null;
    this.hold(false);
  }

  double(event) {
    const node = nodeUnder(this, event);
    if (node) return this.commit("enter", { id: node });
    if (event.target.closest("[data-wire]")) return;
    const spot = this.view.spot(event);
    this.commit("quick", { ...spot, x: snap(spot.x), y: snap(spot.y) });
  }

  key(event) {
    if (event.target !== this.frame) return;
    if (event.code === "Space") {
      this.space = true;
      return event.preventDefault();
    }
    const name = keyName(event);
    if (!name) return;
    event.preventDefault();
    if (event.key === "Escape" && this.gesture) this.cancel();
    else this.commit("key", { id: name });
  }
}
