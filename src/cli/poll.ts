import { openApp } from '../app.ts';
import { ViaductError } from '../errors.ts';
import { countPass, type PassSummary, type PolledSource } from '../worker/poller.ts';
import type { CommandContext } from './context.ts';
import { counted } from './counted.ts';
import { selectSources } from './select-sources.ts';

export interface PollFlags {
  readonly force?: boolean;
  readonly source?: readonly string[];
  readonly now?: string;
  readonly json?: boolean;
}

/** One pass over what is due. Exit code 1 only if every source that was asked failed. */
export async function poll(flags: PollFlags, context: CommandContext): Promise<number> {
  const { io, settings, log } = context;
  const now = flags.now === undefined ? undefined : readInstant(flags.now);
  const config = await context.loadConfig();
  const sources = selectSources(config, flags.source);
  // The summary says what came; a person who watches sees failures beside the progress line.
  const isQuiet = io.isTerminal || flags.json === true;
  const app = await openApp(config, settings, {
    log: (level, event, fields) => {
      if (!event.startsWith('poll.') || (level === 'warn' && !isQuiet)) log(level, event, fields);
    },
    ...(now !== undefined && { now }),
  });
  const progress = createProgress(context);
  try {
    const summary = await app.poller.pass({
      sources,
      force: flags.force === true,
      at: now?.toISOString(),
      onStart: progress.start,
      onPolled: progress.step,
    });
    progress.end();
    await io.out(flags.json ? JSON.stringify(toJson(summary)) : inWords(summary));
    const hasOnlyFailures = summary.polled.length > 0 && summary.polled.every(hasFailed);
    return hasOnlyFailures ? 1 : 0;
  } finally {
    progress.end();
    await app.close(0);
  }
}

const hasFailed = ({ outcome }: PolledSource) => outcome.kind === 'failed';

function readInstant(text: string): Date {
  const date = new Date(text);
  if (!/^\d{4}-\d\d-\d\dT/.test(text) || Number.isNaN(date.getTime())) {
    throw new ViaductError('usage/now', `--now ${text}: expected a time like 2026-03-04T09:12:00Z.`);
  }
  return date;
}

/** A line that is drawn over on a terminal, with failures left standing; nothing when piped. */
function createProgress({ io }: CommandContext) {
  if (!io.isTerminal) return { start() {}, step() {}, end() {} };
  let total = 0;
  let done = 0;
  let isDrawn = false;
  const clear = () => {
    if (isDrawn) io.err('\r\u001b[K');
    isDrawn = false;
  };
  return {
    start(asking: number) {
      total = asking;
      io.err(`asking ${counted(asking, 'source')}`);
      isDrawn = true;
    },
    step({ source, outcome }: PolledSource) {
      done += 1;
      clear();
      if (outcome.kind === 'failed') io.err(`${source.id}: ${outcome.error.message}\n`);
      io.err(`${done}/${total} ${source.id}`.slice(0, 78));
      isDrawn = true;
    },
    end: clear,
  };
}

function inWords(summary: PassSummary): string {
  const { asked, notDue, added, merged, failed } = countPass(summary);
  return `${asked} asked, ${notDue} not due, ${added} items new, ${merged} merged${failed > 0 ? `, ${failed} failed` : ''}`;
}

function toJson(summary: PassSummary): object {
  const { polled, notDue } = summary;
  return {
    ...countPass(summary),
    sources: [
      ...polled.map(({ source, outcome, merged }) =>
        outcome.kind === 'failed'
          ? { id: source.id, outcome: 'failed', code: outcome.error.code, message: outcome.error.message }
          : outcome.kind === 'updated'
            ? { id: source.id, outcome: 'updated', added: outcome.added, edited: outcome.edited, merged }
            : { id: source.id, outcome: 'unchanged' },
      ),
      ...notDue.map(({ source, reason, until }) => ({ id: source.id, outcome: 'not due', reason, until })),
    ],
  };
}
