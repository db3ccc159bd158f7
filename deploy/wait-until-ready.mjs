// Ends with 0 once viaduct answers on /readyz, with 1 when it does not within a minute. Also the health check of the container (--once).
const port = process.env.PORT || '8080';
const host = process.env.HOST && !['0.0.0.0', '::'].includes(process.env.HOST) ? process.env.HOST : '127.0.0.1';
const address = `http://${host.includes(':') ? `[${host}]` : host}:${port}/readyz`;
const attempts = process.argv.includes('--once') ? 1 : 240;

for (let attempt = 0; attempt < attempts; attempt += 1) {
  const isReady = await fetch(address, { signal: AbortSignal.timeout(3000) }).then(
    (response) => response.ok,
    () => false,
  );
  if (isReady) process.exit(0);
  await new Promise((resolve) => setTimeout(resolve, 250));
}
process.exit(1);
