// What is seen of the canvas: its place, its zoom, and telling .NET about both.
const readable = 0.6;
const [nearest, farthest] = [2.5, 0.02];

export class View {
  constructor(frame, sheet, tell) {
    Object.assign(this, { frame, tell, x: 0, y: 0, zoom: 1 });
    this.layer = sheet.querySelector(".viewport");
    this.dots = frame.querySelector(".canvas-dots");
    this.measure();
    this.sizes = new ResizeObserver(() => { this.measure(); if (this.opened) this.report(); });
    this.sizes.observe(frame);
  }

  dispose() {
    this.sizes.disconnect();
    clearTimeout(this.timer);
    clearTimeout(this.zooming);
    cancelAnimationFrame(this.drawing);
  }

  // Kept, since asking for it between two drawings makes the browser lay out the page.
  measure() {
    [this.width, this.height] = [this.frame.clientWidth, this.frame.clientHeight];
  }

  // A hand moves more often than the screen is drawn.
  apply() {
    if (!this.drawing) this.drawing = requestAnimationFrame(() => this.draw());
    if (!this.timer) this.timer = setTimeout(() => { this.timer = 0; this.report(); }, 90);
  }

  // No custom properties: everything on the canvas would inherit them, and be styled anew with each step of a pan.
  draw() {
    this.drawing = 0;
    if (this.drawnZoom !== this.zoom) this.sharpen();
    this.layer.setAttribute("transform", `translate(${Math.round(this.x)} ${Math.round(this.y)}) scale(${this.zoom})`);
    this.drawDots();
    this.drawMap();
  }

  // A layer of its own is moved without being painted. At another zoom it would be a blown-up picture, so it has none while that changes.
  sharpen() {
    this.drawnZoom = this.zoom;
    this.layer.style.willChange = "auto";
    clearTimeout(this.zooming);
    this.zooming = setTimeout(() => { this.layer.style.willChange = "transform"; }, 150);
  }

  // Moved by less than one step of the pattern; it is painted only for another zoom.
  drawDots() {
    let step = 20 * this.zoom;
    while (step < 14) step *= 2;
    if (step !== this.dotStep) this.dots.style.backgroundSize = `${step}px ${step}px`;
    this.dotStep = step;
    this.dots.style.transform = `translate(${Math.round(this.x % step)}px, ${Math.round(this.y % step)}px)`;
  }

  drawMap() {
    const view = this.frame.querySelector(".minimap-view");
    if (!view) return;
    const seen = this.seen();
    view.parentNode.classList.toggle("needless", holds(seen, view.parentNode.dataset.bounds.split(",").map(Number)));
    view.setAttribute("transform", `translate(${seen.x} ${seen.y})`);
    for (const side of ["width", "height"]) if (view.getAttribute(side) !== String(seen[side])) view.setAttribute(side, seen[side]);
  }

  seen() {
    return { x: -this.x / this.zoom, y: -this.y / this.zoom, width: this.width / this.zoom, height: this.height / this.zoom };
  }

  report() {
    const seen = this.seen();
    if (seen.width > 0) this.tell("viewport", { ...seen, zoom: this.zoom });
  }

  // A big flow opens readable at its beginning rather than whole and tiny.
  open(x, y, width, height, firstX, firstY) {
    this.fit(x, y, width, height);
    if (this.zoom < readable) {
      this.zoom = 0.8;
      this.x = 60 - firstX * this.zoom;
      this.y = this.height / 2 - (firstY + 40) * this.zoom;
      this.apply();
    }
    this.opened = true;
    this.report();
  }

  fit(x, y, width, height) {
    const [w, h] = [this.width, this.height];
    this.zoom = Math.max(farthest, Math.min(1, (w - 64) / width, (h - 64) / height));
    this.x = (w - width * this.zoom) / 2 - x * this.zoom;
    this.y = (h - height * this.zoom) / 2 - y * this.zoom;
    this.apply();
  }

  // What stands around the canvas may have grown in this very moment.
  reveal(x, y, width, height) {
    this.measure();
    const [left, top] = [x * this.zoom + this.x, y * this.zoom + this.y];
    const [right, bottom] = [left + width * this.zoom, top + height * this.zoom];
    if (left < 20 || right > this.width - 20) this.x += this.width / 2 - (left + right) / 2;
    if (top < 20 || bottom > this.height - 20) this.y += this.height / 2 - (top + bottom) / 2;
    this.apply();
  }

  moveBy(dx, dy) {
    this.x += dx;
    this.y += dy;
    this.apply();
  }

  // Zooms so that what lies under a point of the screen stays there.
  zoomAt([px, py], factor) {
    const zoom = Math.max(farthest, Math.min(nearest, this.zoom * factor));
    this.x = px - (px - this.x) * (zoom / this.zoom);
    this.y = py - (py - this.y) * (zoom / this.zoom);
    this.zoom = zoom;
    this.apply();
  }

  centreOn(x, y) {
    this.x = this.width / 2 - x * this.zoom;
    this.y = this.height / 2 - y * this.zoom;
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

  // Both places of an event, as gestures are told to .NET.
  spot(event) {
    const [x, y] = this.place(event);
    const [screenX, screenY] = this.screen(event);
    return { x, y, screenX, screenY };
  }
}

function holds(seen, [x, y, width, height]) {
  return x >= seen.x && y >= seen.y && x + width <= seen.x + seen.width && y + height <= seen.y + seen.height;
}
