import { curve, placed } from "./curve.js";

// Draws a wire from a port; says why where it cannot end.
export class Connect {
  constructor(canvas, port) {
    Object.assign(this, { canvas, port, key: port.dataset.port, allowed: null, reasons: new Map() });
    this.tip = canvas.frame.querySelector(".wire-tip");
  }

  move(event) {
    if (!this.allowed) this.markTargets();
    const port = this.portUnder(event);
    const [x, y] = port && this.allowed.has(port.dataset.port) ? centre(port) : this.canvas.view.place(event);
    const [px, py] = centre(this.port);
    const path = this.port.classList.contains("in") ? curve(x, y, px, py) : curve(px, py, x, y);
    this.canvas.preview.show(path, this.port.classList.contains("data") ? "data" : "control", this.port.style.getPropertyValue("--type"));
    this.explain(event, port);
  }

  end(event) {
    const port = this.moved ? this.portUnder(event) : null;
    const node = this.moved ? nodeUnder(event) : null;
    this.cancel();
    if (!this.moved) return this.click();
    const own = this.port.closest("[data-node]");
    const to = port?.dataset.port ?? (node && node !== own ? node.dataset.node : null);
    if (to || node !== own) this.canvas.commit("connect", { id: this.key, to, ...this.canvas.view.spot(event) });
  }

  cancel() {
    this.canvas.sheet.classList.remove("connecting");
    this.canvas.preview.hide();
    this.tip.classList.remove("shown");
    for (const port of this.canvas.sheet.querySelectorAll(".port.can")) port.classList.remove("can");
  }

  click() {
    if (this.port.classList.contains("data")) this.canvas.commit("preview", { id: this.key });
    else this.canvas.commit("select", { ids: [this.port.closest("[data-node]").dataset.node] });
  }

  markTargets() {
    this.allowed = new Set(this.canvas.ask("Targets", this.key));
    this.canvas.sheet.classList.add("connecting");
    for (const port of this.canvas.sheet.querySelectorAll("[data-port]")) port.classList.toggle("can", this.allowed.has(port.dataset.port));
  }

  portUnder(event) {
    const port = document.elementFromPoint(event.clientX, event.clientY)?.closest?.("[data-port]") ?? this.nearest(event);
    return port === this.port ? null : port;
  }

  nearest(event) {
    const [x, y] = this.canvas.view.place(event);
    let [best, least] = [null, 22 / this.canvas.view.zoom];
    for (const port of this.canvas.sheet.querySelectorAll(".port.can")) {
      const [px, py] = centre(port);
      const far = Math.hypot(px - x, py - y);
      if (far < least) [best, least] = [port, far];
    }
    return best;
  }

  explain(event, port) {
    const key = port?.dataset.port;
    if (!key || this.allowed.has(key)) return this.tip.classList.remove("shown");
    if (!this.reasons.has(key)) this.reasons.set(key, this.canvas.ask("WhyNot", this.key, key));
    const [x, y] = this.canvas.view.screen(event);
    this.tip.textContent = this.reasons.get(key) ?? "";
    const left = Math.max(0, Math.min(x + 14, this.canvas.frame.clientWidth - this.tip.offsetWidth - 8));
    this.tip.style.transform = `translate(${left}px, ${y + 14}px)`;
    this.tip.classList.toggle("shown", this.tip.textContent !== "");
  }
}

function nodeUnder(event) {
  return document.elementFromPoint(event.clientX, event.clientY)?.closest?.("[data-node]");
}

function centre(port) {
  const [a, b] = [placed(port), placed(port.closest("[data-node]"))];
  return [a[0] + b[0], a[1] + b[1]];
}
