// Gestures of the canvas. Everything here is transient: it moves pixels while a hand moves and tells .NET once when the gesture ends.
const steps = 10;
const readable = 0.6;
const snap = (number) => Math.round(number / steps) * steps;

// The same curve as Curve.cs.
function curve(x1, y1, x2, y2) {
  if (x2 < x1) {
    const level = Math.abs(y2 - y1) < 90 ? Math.max(y1, y2) + 90 : y2 - Math.sign(y2 - y1) * Math.min(Math.abs(y2 - y1) / 2, 130);
    return `M${x1} ${y1}C${x1 + 46} ${y1} ${x1 + 46} ${level} ${x1} ${level}L${x2} ${level}C${x2 - 46} ${level} ${x2 - 46} ${y2} ${x2} ${y2}`;
  }
  const reach = Math.max(30, (x2 - x1) / 2);
  return `M${x1} ${y1}C${x1 + reach} ${y1} ${x2 - reach} ${y2} ${x2} ${y2}`;
}

// Whether a line crosses a path, the path taken as 32 straight pieces.
function crosses(path, [ax, ay], [bx, by]) {
  const length = path.getTotalLength();
  const side = (px, py, qx, qy, x, y) => Math.sign((qx - px) * (y - py) - (qy - py) * (x - px));
  let from = path.getPointAtLength(0);
  for (let i = 1; i <= 32; i++) {
    const to = path.getPointAtLength((length * i) / 32);
    if (side(ax, ay, bx, by, from.x, from.y) !== side(ax, ay, bx, by, to.x, to.y) && side(from.x, from.y, to.x, to.y, ax, ay) !== side(from.x, from.y, to.x, to.y, bx, by)) return true;
    from = to;
  }
  return false;
}

export function mount(frame, sheet, dotnet) {
  return new Canvas(frame, sheet, dotnet);
}

class Canvas {
  constructor(frame, sheet, dotnet) {
    Object.assign(this, { frame, sheet, dotnet, x: 0, y: 0, zoom: 1, space: false, gesture: null });
    this.layer = sheet.querySelector(".viewport");
    this.previewLine = sheet.querySelector(".preview");
    this.rubber = sheet.querySelector(".rubber");
    this.tip = frame.querySelector(".wire-tip");
    this.life = new AbortController();
    const on = (target, name, handler, options = {}) => target.addEventListener(name, handler.bind(this), { signal: this.life.signal, ...options });
    on(sheet, "pointerdown", this.down);
    on(sheet, "pointermove", this.move);
    on(sheet, "pointerup", this.up);
    on(sheet, "pointercancel", this.cancel);
    on(sheet, "dblclick", this.double);
    on(frame, "contextmenu", this.menu);
    on(frame, "wheel", this.wheel, { passive: false });
    on(frame, "keydown", this.key);
    on(frame, "keyup", (event) => { if (event.code === "Space") this.space = false; });
    on(frame, "dragover", (event) => { event.preventDefault(); this.markSplice(this.wireUnder(event)); });
    on(frame, "dragleave", () => this.markSplice(null));
    on(frame, "drop", this.drop);
    for (const name of ["copy", "cut", "paste"]) on(document, name, this.clip);
    on(frame, "pointerdown", this.mapDown);
    this.sizes = new ResizeObserver(() => this.tellViewport());
    this.sizes.observe(frame);
  }

  dispose() {
    this.life.abort();
    this.sizes.disconnect();
    clearTimeout(this.timer);
  }

  // Viewport -----------------------------------------------------------------
  apply(tell = true) {
    this.layer.setAttribute("transform", `translate(${this.x} ${this.y}) scale(${this.zoom})`);
    this.frame.style.setProperty("--grid", `${20 * this.zoom}px`);
    this.frame.style.setProperty("--grid-x", `${this.x}px`);
    this.frame.style.setProperty("--grid-y", `${this.y}px`);
    const view = this.frame.querySelector(".minimap-view");
    if (view) {
      view.parentNode.classList.toggle("needless", this.seesAll(view.parentNode.dataset.bounds.split(",").map(Number)));
      view.setAttribute("x", -this.x / this.zoom);
      view.setAttribute("y", -this.y / this.zoom);
      view.setAttribute("width", this.frame.clientWidth / this.zoom);
      view.setAttribute("height", this.frame.clientHeight / this.zoom);
    }
    if (tell && !this.timer) this.timer = setTimeout(() => { this.timer = 0; this.tellViewport(); }, 90);
  }

  seesAll([x, y, width, height]) {
    const [left, top] = [-this.x / this.zoom, -this.y / this.zoom];
    return x >= left && y >= top && x + width <= left + this.frame.clientWidth / this.zoom && y + height <= top + this.frame.clientHeight / this.zoom;
  }

  tellViewport() {
    const seen = { x: -this.x / this.zoom, y: -this.y / this.zoom, width: this.frame.clientWidth / this.zoom, height: this.frame.clientHeight / this.zoom, zoom: this.zoom };
    if (seen.width > 0) this.commit("viewport", seen);
  }

  // A big flow opens readable at its beginning rather than whole and tiny.
  open(x, y, width, height, firstX, firstY) {
    this.fit(x, y, width, height);
    if (this.zoom >= readable) return;
    this.zoom = 0.8;
    this.x = 60 - firstX * this.zoom;
    this.y = this.frame.clientHeight / 2 - (firstY + 40) * this.zoom;
    this.apply();
  }

  fit(x, y, width, height) {
    const [w, h] = [this.frame.clientWidth, this.frame.clientHeight];
    this.zoom = Math.max(0.02, Math.min(1, (w - 64) / width, (h - 64) / height));
    this.x = (w - width * this.zoom) / 2 - x * this.zoom;
    this.y = (h - height * this.zoom) / 2 - y * this.zoom;
    this.apply();
  }

  reveal(x, y, width, height) {
    const [left, top] = [x * this.zoom + this.x, y * this.zoom + this.y];
    const [right, bottom] = [left + width * this.zoom, top + height * this.zoom];
    if (left < 20 || right > this.frame.clientWidth - 20) this.x += this.frame.clientWidth / 2 - (left + right) / 2;
    if (top < 20 || bottom > this.frame.clientHeight - 20) this.y += this.frame.clientHeight / 2 - (top + bottom) / 2;
    this.apply();
  }

  wheel(event) {
    if (event.target.closest(".quick-add")) return;
    event.preventDefault();
    const [px, py] = this.screen(event);
    const factor = Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.05 : 0.0015));
    const zoom = Math.max(0.02, Math.min(2.5, this.zoom * factor));
    this.x = px - (px - this.x) * (zoom / this.zoom);
    this.y = py - (py - this.y) * (zoom / this.zoom);
    this.zoom = zoom;
    this.apply();
  }

  screen(event) {
    const box = this.frame.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  place(event) {
    const [px, py] = this.screen(event);
    return [(px - this.x) / this.zoom, (py - this.y) / this.zoom];
  }

  commit(kind, fields = {}) {
    return this.dotnet.invokeMethod("Commit", { kind, ...fields });
  }

  // Gestures -----------------------------------------------------------------
  down(event) {
    if (event.button > 1 || event.target.closest(".quick-add")) return;
    this.frame.focus({ preventScroll: true });
    const port = event.target.closest("[data-port]");
    const node = event.target.closest("[data-node]");
    const wire = event.target.closest("[data-wire]");
    if (event.button === 1 || this.space) this.gesture = { kind: "pan" };
    else if (port) this.startWire(port);
    else if (event.target.closest("[data-enter]")) this.gesture = { kind: "enter", at: event.target.closest("[data-enter]") };
    else if (node) this.gesture = { kind: "press", node, add: event.shiftKey || event.ctrlKey || event.metaKey };
    else if (wire && !event.altKey) this.chooseWire(wire, event);
    else if (event.altKey) this.gesture = { kind: "slice" };
    else this.gesture = event.shiftKey || event.ctrlKey ? { kind: "rubber" } : { kind: "pan", empty: true };
    if (!this.gesture) return;
    this.gesture.start = this.place(event);
    this.gesture.from = [event.clientX, event.clientY];
    if (event.button === 1) event.preventDefault();
  }

  move(event) {
    const g = this.gesture;
    if (!g) return;
    const far = Math.hypot(event.clientX - g.from[0], event.clientY - g.from[1]) > 3;
    if (!g.moved && !far) return;
    // Captured only now: a captured press would take the double click away from the node.
    if (!g.moved) this.sheet.setPointerCapture(event.pointerId);
    g.moved = true;
    if (g.kind === "press") this.startDrag(g);
    if (g.kind === "pan") this.pan(event);
    if (g.kind === "drag") this.drag(event);
    if (g.kind === "rubber") this.drawRubber(event);
    if (g.kind === "wire") this.drawWire(event);
    if (g.kind === "slice") this.drawSlice(g, event);
  }

  up(event) {
    const g = this.gesture;
    this.gesture = null;
    if (!g) return;
    if (g.kind === "enter") this.commit("enter", { id: g.at.dataset.enter, to: g.at.dataset.slot });
    if (g.kind === "press") this.commit("select", { ids: [g.node.dataset.node], add: g.add });
    if (g.kind === "pan" && g.empty && !g.moved) this.commit("select", { ids: [] });
    if (g.kind === "pan") this.sheet.classList.remove("panning");
    if (g.kind === "drag") this.endDrag(g, event);
    if (g.kind === "rubber") this.endRubber(g, event);
    if (g.kind === "wire") this.endWire(g, event);
    if (g.kind === "slice") this.endSlice(g, event);
  }

  cancel() {
    const g = this.gesture;
    this.gesture = null;
    if (g?.kind === "drag") this.putBack(g);
    this.rubber.setAttribute("width", 0);
    this.clearWire();
    this.markSplice(null);
  }

  pan(event) {
    this.sheet.classList.add("panning");
    this.x += event.movementX;
    this.y += event.movementY;
    this.apply();
  }

  startDrag(g) {
    const id = g.node.dataset.node;
    if (!g.node.classList.contains("selected")) this.commit("select", { ids: [id], add: g.add });
    const nodes = [...this.sheet.querySelectorAll(".node.selected")];
    const ids = new Set(nodes.map((node) => node.dataset.node));
    g.kind = "drag";
    g.nodes = nodes.map((node) => ({ node, at: /translate\(([-\d.]+) ([-\d.]+)\)/.exec(node.getAttribute("transform")).slice(1).map(Number) }));
    g.wires = [...this.sheet.querySelectorAll(".wire")]
      .map((wire) => ({ wire, from: ids.has(wire.dataset.from), to: ids.has(wire.dataset.to), ends: wire.dataset.ends.split(",").map(Number) }))
      .filter((wire) => wire.from || wire.to);
    for (const moved of g.wires) moved.paths = [...moved.wire.querySelectorAll("path")];
  }

  drag(event) {
    const g = this.gesture;
    const [x, y] = this.place(event);
    this.shift(g, snap(x - g.start[0]), snap(y - g.start[1]));
    if (g.nodes.length === 1 && g.wires.length === 0) this.markSplice(this.wireUnder(event));
  }

  shift(g, dx, dy) {
    [g.dx, g.dy] = [dx, dy];
    for (const { node, at } of g.nodes) node.style.transform = `translate(${at[0] + dx}px, ${at[1] + dy}px)`;
    for (const { paths, from, to, ends } of g.wires) {
      const d = curve(ends[0] + (from ? dx : 0), ends[1] + (from ? dy : 0), ends[2] + (to ? dx : 0), ends[3] + (to ? dy : 0));
      for (const path of paths) path.setAttribute("d", d);
    }
  }

  endDrag(g) {
    const ids = g.nodes.map(({ node }) => node.dataset.node);
    const into = this.spliced?.dataset.wire ?? null;
    this.markSplice(null);
    if (g.dx || g.dy) this.commit("move", { ids, to: into, x: g.dx, y: g.dy });
    for (const { node } of g.nodes) node.style.transform = "";
    // Where .NET refused the move its attributes are as before, and the DOM has to follow them.
    for (const { wire, paths } of g.wires) {
      const ends = wire.dataset.ends.split(",").map(Number);
      for (const path of paths) path.setAttribute("d", curve(...ends));
    }
  }

  putBack(g) {
    this.shift(g, 0, 0);
    for (const { node } of g.nodes) node.style.transform = "";
  }

  drawRubber(event) {
    const [x, y] = this.screen(event);
    const box = this.frame.getBoundingClientRect();
    const [fx, fy] = [this.gesture.from[0] - box.left, this.gesture.from[1] - box.top];
    const sides = { x: Math.min(x, fx), y: Math.min(y, fy), width: Math.abs(x - fx), height: Math.abs(y - fy) };
    for (const [name, value] of Object.entries(sides)) this.rubber.setAttribute(name, value);
  }

  endRubber(g, event) {
    const [x, y] = this.place(event);
    this.rubber.setAttribute("width", 0);
    this.commit("rubber", { x: Math.min(x, g.start[0]), y: Math.min(y, g.start[1]), width: Math.abs(x - g.start[0]), height: Math.abs(y - g.start[1]) });
  }

  // Wiring -------------------------------------------------------------------
  startWire(port) {
    this.gesture = { kind: "wire", port, key: port.dataset.port, allowed: null, reasons: new Map() };
  }

  drawWire(event) {
    const g = this.gesture;
    if (!g.allowed) this.markTargets(g);
    const [x, y] = this.place(event);
    const [px, py] = this.centre(g.port);
    const back = g.port.classList.contains("in");
    const under = this.under(event, g);
    const [ex, ey] = under.port && g.allowed.has(under.port.dataset.port) ? this.centre(under.port) : [x, y];
    this.previewLine.setAttribute("d", back ? curve(ex, ey, px, py) : curve(px, py, ex, ey));
    this.previewLine.setAttribute("class", `preview shown ${g.port.classList.contains("data") ? "data" : "control"}`);
    this.explain(event, g, under.port);
  }

  markTargets(g) {
    g.allowed = new Set(this.dotnet.invokeMethod("Targets", g.key));
    this.sheet.classList.add("connecting");
    for (const port of this.sheet.querySelectorAll("[data-port]")) port.classList.toggle("can", g.allowed.has(port.dataset.port));
    this.previewLine.style.setProperty("--type", g.port.style.getPropertyValue("--type"));
  }

  under(event, g) {
    const hit = document.elementFromPoint(event.clientX, event.clientY);
    const port = hit?.closest?.("[data-port]") ?? this.nearest(event, g);
    return { port: port === g.port ? null : port, node: hit?.closest?.("[data-node]") };
  }

  nearest(event, g) {
    const [x, y] = this.place(event);
    let [best, least] = [null, 22 / this.zoom];
    for (const port of this.sheet.querySelectorAll(".port.can")) {
      const [px, py] = this.centre(port);
      const far = Math.hypot(px - x, py - y);
      if (far < least) [best, least] = [port, far];
    }
    return best;
  }

  centre(port) {
    const read = (element) => /translate\(([-\d.]+) ([-\d.]+)\)/.exec(element.getAttribute("transform")).slice(1).map(Number);
    const [a, b] = [read(port), read(port.closest("[data-node]"))];
    return [a[0] + b[0], a[1] + b[1]];
  }

  explain(event, g, port) {
    const key = port?.dataset.port;
    if (!key || g.allowed.has(key)) return this.tip.classList.remove("shown");
    if (!g.reasons.has(key)) g.reasons.set(key, this.dotnet.invokeMethod("WhyNot", g.key, key));
    const [x, y] = this.screen(event);
    this.tip.textContent = g.reasons.get(key) ?? "";
    const left = Math.max(0, Math.min(x + 14, this.frame.clientWidth - this.tip.offsetWidth - 8));
    this.tip.style.transform = `translate(${left}px, ${y + 14}px)`;
    this.tip.classList.toggle("shown", this.tip.textContent !== "");
  }

  endWire(g, event) {
    const { port, node } = g.moved ? this.under(event, g) : {};
    this.clearWire();
    if (!g.moved) return this.click(g);
    const [x, y] = this.place(event);
    const [screenX, screenY] = this.screen(event);
    const own = g.port.closest("[data-node]");
    const to = port?.dataset.port ?? (node && node !== own ? node.dataset.node : null);
    if (!to && node === own) return;
    this.commit("connect", { id: g.key, to, x, y, screenX, screenY });
  }

  click(g) {
    if (g.port.classList.contains("data") && g.port.classList.contains("out")) this.commit("preview", { id: g.key });
    else this.commit("select", { ids: [g.port.closest("[data-node]").dataset.node] });
  }

  clearWire() {
    this.sheet.classList.remove("connecting");
    this.previewLine.setAttribute("class", "preview");
    this.previewLine.setAttribute("d", "");
    this.tip.classList.remove("shown");
    for (const port of this.sheet.querySelectorAll(".port.can")) port.classList.remove("can");
  }

  // Splicing and slicing ------------------------------------------------------
  chooseWire(wire, event) {
    if (!event.ctrlKey && !event.metaKey) return this.commit("wire", { id: wire.dataset.wire });
    const [x, y] = this.place(event);
    const [screenX, screenY] = this.screen(event);
    event.preventDefault();
    this.commit("splice", { id: wire.dataset.wire, x, y, screenX, screenY });
  }

  wireUnder(event) {
    for (const hit of document.elementsFromPoint(event.clientX, event.clientY)) {
      const wire = hit.closest("[data-wire]");
      if (wire) return wire;
    }
    return null;
  }

  markSplice(wire) {
    if (wire === (this.spliced ?? null)) return;
    this.spliced?.removeAttribute("data-splice");
    wire?.setAttribute("data-splice", "");
    this.spliced = wire;
  }

  drawSlice(g, event) {
    g.end = this.place(event);
    this.previewLine.setAttribute("d", `M${g.start.join(" ")}L${g.end.join(" ")}`);
    this.previewLine.setAttribute("class", "preview shown slice");
  }

  endSlice(g) {
    this.clearWire();
    if (!g.end) return;
    const cut = [...this.sheet.querySelectorAll(".wire")].filter((wire) => crosses(wire.querySelector(".wire-line"), g.start, g.end));
    if (cut.length) this.commit("slice", { ids: cut.map((wire) => wire.dataset.wire) });
  }

  menu(event) {
    if (event.target.closest(".quick-add")) return;
    event.preventDefault();
    const [x, y] = this.place(event);
    const [screenX, screenY] = this.screen(event);
    const wire = event.target.closest("[data-wire]");
    this.commit("menu", { id: wire?.dataset.wire ?? null, to: event.target.closest("[data-node]")?.dataset.node ?? null, x, y, screenX, screenY });
  }

  // Other input --------------------------------------------------------------
  double(event) {
    const node = event.target.closest("[data-node]");
    if (node) return this.commit("enter", { id: node.dataset.node });
    if (event.target.closest("[data-wire]")) return;
    const [x, y] = this.place(event);
    const [screenX, screenY] = this.screen(event);
    this.commit("quick", { x: snap(x), y: snap(y), screenX, screenY });
  }

  drop(event) {
    event.preventDefault();
    const [x, y] = this.place(event);
    const type = event.dataTransfer.getData("application/x-flows-activity") || event.dataTransfer.getData("text/plain");
    this.markSplice(null);
    if (type) this.commit("drop", { to: type, id: this.wireUnder(event)?.dataset.wire ?? null, x, y });
    this.frame.focus({ preventScroll: true });
  }

  key(event) {
    if (event.target !== this.frame) return;
    if (event.code === "Space") {
      this.space = true;
      return event.preventDefault();
    }
    const ctrl = event.ctrlKey || event.metaKey;
    const name = (ctrl ? "Ctrl+" : "") + (event.shiftKey && event.key !== "?" ? "Shift+" : "") + (ctrl && event.key.length === 1 ? event.key.toLowerCase() : event.key);
    const ours = /^(Delete|Backspace|Ctrl\+(Delete|Backspace|[zyadfs0])|Ctrl\+Shift\+[zp]|Escape|[fcwCW?]|Shift\+F|Shift\+F10|ContextMenu|Tab|Enter|F1|F2|F6|(Ctrl\+|Shift\+)?Arrow\w+)$/;
    if (!ours.test(name)) return;
    event.preventDefault();
    if (event.key === "Escape" && this.gesture) return this.cancel();
    this.commit("key", { id: name });
  }

  clip(event) {
    if (document.activeElement !== this.frame) return;
    if (event.type === "paste") {
      this.commit("paste", { to: event.clipboardData.getData("text/plain") });
      return event.preventDefault();
    }
    const text = this.dotnet.invokeMethod("Copy");
    if (!text) return;
    event.clipboardData.setData("text/plain", text);
    event.preventDefault();
    if (event.type === "cut") this.commit("cut");
  }

  mapDown(event) {
    const map = event.target.closest(".minimap");
    if (!map) return;
    event.preventDefault();
    const go = (moved) => {
      const at = new DOMPoint(moved.clientX, moved.clientY).matrixTransform(map.getScreenCTM().inverse());
      this.x = this.frame.clientWidth / 2 - at.x * this.zoom;
      this.y = this.frame.clientHeight / 2 - at.y * this.zoom;
      this.apply();
    };
    go(event);
    map.setPointerCapture(event.pointerId);
    map.onpointermove = go;
    map.onpointerup = () => { map.onpointermove = map.onpointerup = null; };
  }
}
