import { openApp } from '../app.ts';
import { ViaductError } from '../errors.ts';
import type { CommandContext } from './program.ts';

/** Milliseconds that polls in flight get to end after SIGTERM; the whole stop takes under 5 s. */
const STOP_GRACE_MS = 3500;

/** Polls by cron and serves, until the process is asked to end.
 *  @throws ViaductError 'usage/…' when both are switched off or the port is taken */
export async function start(what: { poll: boolean; serve: boolean }, context: CommandContext): Promise<number> {
  if (!what.poll && !what.serve)
    throw new ViaductError('usage/nothing', '--no-poll and --no-serve leave nothing to do.');
  const { io, place, log } = context;
  const config = await context.loadConfig();
  const app = await openApp(config, place, { log });
  const stopped = new Promise<string>((resolve) => io.onStop(resolve));
  try {
    if (what.serve) await announce(await app.serve(), context);
    if (what.poll) app.startPolling();
    log('info', 'stopping', { signal: await stopped });
    return 0;
  } finally {
    await app.close(STOP_GRACE_MS);
  }

  async function announce(port: number, { io }: CommandContext): Promise<void> {
    const enabled = config.sources.filter((source) => !source.disabled).length;
    log('info', 'serving', { host: place.host, port, sources: enabled, data: place.dataDir });
    if (io.isTerminal) {
      io.err(`\n  Site       ${config.site.url}/\n  Subscribe  ${config.site.url}/feed.xml\n\n`);
    }
    const isLocalOnly = ['127.0.0.1', '::1', 'localhost'].includes(place.host);
    if (!isLocalOnly && /^https?:\/\/(localhost|127\.|\[::1\])/.test(config.site.url)) {
      log('warn', 'site.url is local', {
        host: place.host,
        advice: 'set site.url in feeds.json to the address that readers use, so that links in the feeds work for them',
      });
    }
  }
}
