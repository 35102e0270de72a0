// Shapes that gestures draw and measure while they last.
const steps = 10;

export const snap = (number) => Math.round(number / steps) * steps;

// The same shapes as Curve.cs.
export const straight = (x1, y1, x2, y2) => `M${Math.round(x1)} ${Math.round(y1)}L${Math.round(x2)} ${Math.round(y2)}`;

export function curve(x1, y1, x2, y2) {
  if (x2 < x1) {
    const level = Math.abs(y2 - y1) < 90 ? Math.max(y1, y2) + 90 : y2 - Math.sign(y2 - y1) * Math.min(Math.abs(y2 - y1) / 2, 130);
    return `M${x1} ${y1}C${x1 + 46} ${y1} ${x1 + 46} ${level} ${x1} ${level}L${x2} ${level}C${x2 - 46} ${level} ${x2 - 46} ${y2} ${x2} ${y2}`;
  }
  const reach = Math.max(30, (x2 - x1) / 2);
  return `M${x1} ${y1}C${x1 + reach} ${y1} ${x2 - reach} ${y2} ${x2} ${y2}`;
}

// Whether a line crosses a path, the path taken as 32 straight pieces.
export function crosses(path, [ax, ay], [bx, by]) {
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

// Where an SVG element was put by its transform attribute.
export function placed(element) {
  return /translate\(([-\d.e+]+) ([-\d.e+]+)\)/.exec(element.getAttribute("transform")).slice(1).map(Number);
}
