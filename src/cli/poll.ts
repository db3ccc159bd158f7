import { openApp } from '../app.ts';
import { ViaductError } from '../errors.ts';
import type { CommandContext } from './context.ts';
import { handOver, type PassReport, reportPass, type SourceReport } from './poll-handover.ts';
import { selectSources } from './select-sources.ts';
import { counted, drawLine } from './terminal.ts';

export interface PollFlags {
  readonly force?: boolean;
  readonly source?: readonly string[];
  readonly now?: string;
  readonly json?: boolean;
}

/** One pass over what is due; where a process holds the data folder for long, that one runs it. Exit code 1 only if every source
 *  that was asked failed. */
export async function poll(flags: PollFlags, context: CommandContext): Promise<number> {
  const { io, settings, log } = context;
  const now = flags.now === undefined ? undefined : readInstant(flags.now);
  const request = { force: flags.force === true, ...(flags.source && { sources: [...flags.source] }) };
  // The summary says what came; a person who watches sees failures beside the progress line.
  const isQuiet = io.isTerminal || flags.json === true;
  const line = drawLine(io);
  let total = 0;
  let done = 0;
  const listener = {
    started(asking: number) {
      total = asking;
      line.show(`asking ${counted(asking, 'source')}`);
    },
    polled(source: SourceReport) {
      done += 1;
      line.clear();
      if (source.outcome === 'failed' && io.isTerminal) io.err(`${source.id}: ${source.message}\n`);
      line.show(`${done}/${total} ${source.id}`);
    },
    warned(problem: string) {
      io.err(`${problem}\nThe list before it is polled.\n`);
    },
  };
  try {
    const report = (now === undefined ? await pollThere() : undefined) ?? (await pollHere());
    line.clear();
    await io.out(flags.json ? JSON.stringify(report) : inWords(report));
    return report.asked > 0 && report.failed === report.asked ? 1 : 0;
  } finally {
    line.clear();
  }

  function pollThere(): Promise<PassReport | undefined> {
    return handOver(settings.dataDir, request, {
      ...listener,
      polled(source) {
        listener.polled(source);
        if (source.outcome !== 'failed' || isQuiet) return;
        log('warn', 'poll.failed', { source: source.id, code: source.code, message: source.message });
      },
    });
  }

  async function pollHere(): Promise<PassReport> {
    const config = await context.loadConfig();
    const sources = selectSources(config, request.sources);
    const app = await openApp(config, settings, {
      log: (level, event, fields) => {
        if (!event.startsWith('poll.') || (level === 'warn' && !isQuiet)) log(level, event, fields);
      },
      ...(now !== undefined && { now }),
    }).catch((error) => {
      throw now === undefined ? error : explainClock(error);
    });
    try {
      const options = { sources, force: request.force, at: now?.toISOString() };
      return await reportPass((heard) => app.poller.pass({ ...options, ...heard }), listener);
    } finally {
      line.clear();
      await app.close(0);
    }
  }
}

function explainClock(error: unknown): unknown {
  if (!(error instanceof ViaductError) || error.code !== 'store/locked') return error;
  return new ViaductError(
    'usage/now',
    `--now sets the clock, and a running viaduct has the real one: ${error.message}`,
  );
}

function readInstant(text: string): Date {
  const date = new Date(text);
  if (!/^\d{4}-\d\d-\d\dT/.test(text) || Number.isNaN(date.getTime())) {
    throw new ViaductError('usage/now', `--now ${text}: expected a time like 2026-03-04T09:12:00Z.`);
  }
  return date;
}

function inWords({ asked, notDue, added, merged, failed }: PassReport): string {
  return `${asked} asked, ${notDue} not due, ${added} items new, ${merged} merged${failed > 0 ? `, ${failed} failed` : ''}`;
}
