// A press on the map brings that place into the middle, and a move follows.
export function goByMap(view, event) {
  const map = event.target.closest(".minimap");
  if (!map) return;
  event.preventDefault();
  const go = (moved) => {
    const at = new DOMPoint(moved.clientX, moved.clientY).matrixTransform(map.getScreenCTM().inverse());
    view.centreOn(at.x, at.y);
  };
  go(event);
  map.setPointerCapture(event.pointerId);
  map.onpointermove = go;
  map.onpointerup = () => { map.onpointermove = map.onpointerup = null; };
}
