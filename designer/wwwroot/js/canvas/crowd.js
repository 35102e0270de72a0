// Chosen nodes that are too many to be elements: their paths move as one, and of the lines that leave them one end.
export class Crowd {
  static of(canvas) {
    const paths = canvas.sheet.querySelector(".far-crowd");
    return paths && new Crowd(canvas.sheet, paths);
  }

  constructor(sheet, paths) {
    this.paths = paths;
    // Without a layer of its own all of it would be painted anew for each step.
    paths.style.willChange = "transform";
    const pulled = (end, letter) => [...sheet.querySelectorAll(`.pulled-${end}`)].map((path) => ({ path, shape: path.getAttribute("d"), points: new RegExp(`${letter}(\\S+) ([^ML]+)`, "g") }));
    this.lines = [...pulled("from", "M"), ...pulled("to", "L")];
  }

  shift(dx, dy) {
    this.paths.style.transform = `translate(${dx}px, ${dy}px)`;
    for (const { path, shape, points } of this.lines) path.setAttribute("d", shape.replace(points, (point, x, y) => `${point[0]}${+x + dx} ${+y + dy}`));
  }

  // What .NET drew anew are other elements by now.
  settle() {
    this.paths.style.transform = this.paths.style.willChange = "";
    for (const { path, shape } of this.lines) path.setAttribute("d", shape);
  }
}
