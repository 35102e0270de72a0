// An activity that is dragged from the palette says which it is. Listened to here, not in the markup: pages may have no scripts inside.
document.addEventListener("dragstart", event => {
  const activity = event.target.closest?.("[data-activity]")?.dataset.activity;
  if (!activity) return;
  event.dataTransfer.setData("application/x-flows-activity", activity);
  event.dataTransfer.setData("text/plain", activity);
});
