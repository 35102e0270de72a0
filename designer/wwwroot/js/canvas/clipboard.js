// The system clipboard carries parts of flows as JSON text, between tabs and into files and chats.
export function useClipboard(canvas, event) {
  if (document.activeElement !== canvas.frame) return;
  if (event.type === "paste") {
    canvas.commit("paste", { to: event.clipboardData.getData("text/plain") });
    return event.preventDefault();
  }
  const text = canvas.ask("Copy");
  if (!text) return;
  event.clipboardData.setData("text/plain", text);
  event.preventDefault();
  if (event.type === "cut") canvas.commit("cut");
}
