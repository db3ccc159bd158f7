import { openApp } from '../app.ts';
import { ConfigError } from '../config/parse-config.ts';
import { watchFile } from '../config/watch-file.ts';
import { ViaductError } from '../errors.ts';
import type { Config } from '../model.ts';
import type { CommandContext } from './context.ts';
import { answerPolls, reportPass } from './poll-handover.ts';
import { selectSources } from './select-sources.ts';

/** Milliseconds that polls in flight get to end after SIGTERM; the whole stop takes under 5 s. */
const STOP_GRACE_MS = 3500;
/** What a disk has not written by then it may write or not: every file is whole either way. */
const STOP_MS = 4800;

/** Polls by cron and serves, until the process is asked to end.
 *  @throws ViaductError 'usage/…' when both are switched off or the port is taken */
export async function start(what: { poll: boolean; serve: boolean }, context: CommandContext): Promise<number> {
  if (!what.poll && !what.serve)
    throw new ViaductError('usage/nothing', '--no-poll and --no-serve leave nothing to do.');
  const { io, settings, log } = context;
  let reported: string | undefined;
  let readAgain = () => {};
  // Before all else: a process that does not listen is ended by SIGHUP.
  io.onReload(() => readAgain());
  const config = await context.loadConfig();
  const app = await openApp(config, settings, { log, willServe: what.serve });
  const stopped = new Promise<string>((resolve) => io.onStop(resolve));
  const feedsFile = watchFile(settings.configFile, async (isStill) => {
    const read = await readFeedsFile(context);
    // Saved again while it was read: there will be another call.
    if (!(await isStill())) return undefined;
    if ('config' in read) {
      await app.reload(read.config);
      reported = undefined;
      return undefined;
    }
    if (read.problem.message !== reported) app.reportBroken(read.problem);
    reported = read.problem.message;
    return read.problem.code === 'config/unreadable' ? 'again' : undefined;
  });
  readAgain = () => {
    // Who asks is told, also what was told before.
    reported = undefined;
    void feedsFile.lookNow(true);
  };
  let closeHandover = async () => {};
  try {
    closeHandover = await answerPolls(settings.dataDir, async ({ sources: ids, force }, listener) => {
      // `viaduct add` may have been the command before.
      await feedsFile.lookNow();
      if (reported !== undefined) listener.warned(reported);
      const sources = selectSources(app.config(), ids);
      return reportPass((heard) => app.pass({ sources, force, ...heard }), listener);
    }).catch((error) => {
      log('warn', 'poll.no-handover', { message: `"viaduct poll" beside this process will not work (${error}).` });
      return closeHandover;
    });
    if (what.serve) await announce(await app.serve(), context);
    if (what.poll) app.startPolling();
    log('info', 'stopping', { signal: await stopped });
    return 0;
  } finally {
    feedsFile.stop();
    await closeHandover();
    await within(STOP_MS, app.close(STOP_GRACE_MS));
  }

  async function announce(port: number, { io }: CommandContext): Promise<void> {
    const enabled = config.sources.filter((source) => !source.disabled).length;
    log('info', 'serving', { host: settings.host, port, sources: enabled, data: settings.dataDir });
    if (io.isTerminal) {
      io.err(`\n  Site       ${config.site.url}/\n  Subscribe  ${config.site.url}/feed.xml\n\n`);
    }
    const isLocalOnly = ['127.0.0.1', '::1', 'localhost'].includes(settings.host);
    if (!isLocalOnly && /^https?:\/\/(localhost|127\.|\[::1\])/.test(config.site.url)) {
      log('warn', 'site.url is local', {
        host: settings.host,
        advice: 'set site.url in feeds.json to the address that readers use, so that links in the feeds work for them',
      });
    }
  }
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, over]).finally(() => clearTimeout(timer));
}

async function readFeedsFile(context: CommandContext): Promise<{ config: Config } | { problem: ConfigError }> {
  try {
    return { config: await context.loadConfig() };
  } catch (error) {
    if (error instanceof ConfigError) return { problem: error };
    if (!(error instanceof ViaductError)) throw error;
    // data/ids.json, which says under which ids the sources are stored.
    return { problem: new ConfigError('config/unreadable', error.message, { cause: error }) };
  }
}
