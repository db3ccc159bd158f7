/** Loaded with --import and --expose-gc: at SIGUSR2 it clears memory of what nobody holds, and logs how much is left. */
let n = 0;
process.on('SIGUSR2', () => {
  n += 1;
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  process.stderr.write(`${JSON.stringify({ event: 'memory', n, liveBytes: heapUsed + external })}\n`);
});
