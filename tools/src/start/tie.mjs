// Loaded into every process that the launcher starts (node --import): when the launcher is gone, even by
// SIGKILL, its end of the channel closes, and the process stops as if it had been asked to.
// What such a process forks inherits the preload and has a channel too, but to its own parent: not our business.
if (process.channel && process.env.LOOKLOOK_TIED) {
  delete process.env.LOOKLOOK_TIED;
  process.once("disconnect", () => {
    setTimeout(() => process.kill(process.pid, "SIGKILL"), 8_000).unref();
    if (process.listenerCount("SIGTERM") > 0) process.emit("SIGTERM", "SIGTERM");
    else process.exit(143);
  });
  // Listening must not keep alive a process that has nothing else to do.
  process.channel.unref();
}
