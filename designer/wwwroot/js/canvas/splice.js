// Wires that something can be put into: found under the pointer and marked.
export function wireUnder(event) {
  for (const hit of document.elementsFromPoint(event.clientX, event.clientY)) {
    const wire = hit.closest("[data-wire]");
    if (wire) return wire;
  }
  return null;
}

export function markSplice(canvas, wire) {
  if (wire === (canvas.spliced ?? null)) return;
  canvas.spliced?.removeAttribute("data-splice");
  wire?.setAttribute("data-splice", "");
  canvas.spliced = wire;
}

export function splicedWire(canvas) {
  return canvas.spliced?.dataset.wire ?? null;
}

// A click on a wire chooses it, with Ctrl it asks what to put into it.
export function clickWire(canvas, wire, event) {
  if (!event.ctrlKey && !event.metaKey) return canvas.commit("wire", { id: wire.dataset.wire });
  event.preventDefault();
  canvas.commit("splice", { id: wire.dataset.wire, ...canvas.view.spot(event) });
}
