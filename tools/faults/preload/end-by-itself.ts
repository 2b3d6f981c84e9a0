/** On SIGUSR2 the process ends in the way that FAULT_END names, as application code would end it. */
process.on("SIGUSR2", () => {
  const way = process.env.FAULT_END;
  if (way === "exit") process.exit(7);
  if (way === "rejection") void Promise.reject(new Error("the rejection of the test"));
  if (way === "exception") {
    setTimeout(() => {
      throw new Error("the exception of the test");
    });
  }
});
