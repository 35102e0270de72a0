// Server-sent events for .NET: gathered per frame, so that a busy run costs one call into WebAssembly per frame.
export function open(path, names, target) {
  const source = new EventSource(path);
  let waiting = [];
  let timer = 0;
  let closed = false;

  const flush = () => {
    timer = 0;
    if (closed || waiting.length === 0) return;
    const batch = waiting;
    waiting = [];
    target.invokeMethodAsync("Received", batch).catch(() => close());
  };

  const put = (name, data) => {
    waiting.push({ name, data });
    // A hidden page gets no frames; a timer fires in both cases.
    if (!timer) timer = setTimeout(flush, 30);
  };

  const close = () => {
    closed = true;
    clearTimeout(timer);
    source.close();
  };

  for (const name of names) {
    source.addEventListener(name, (event) => {
      if (event.data === undefined) return;
      put(name, event.data);
      if (name === "end") source.close();
    });
  }
  source.onerror = () => {
    if (source.readyState === EventSource.CLOSED && !closed) put("lost", "");
  };
  return { close };
}
