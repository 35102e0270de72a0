// The wheel zooms to the pointer.
export function zoomByWheel(view, event) {
  if (event.target.closest(".quick-add")) return;
  event.preventDefault();
  view.zoomAt(view.screen(event), Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.05 : 0.0015)));
}
