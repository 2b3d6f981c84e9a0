/** The event loop stands still for 50 ms, four times a second. */
setInterval(() => {
  const until = performance.now() + 50;
  while (performance.now() < until);
}, 250).unref();
