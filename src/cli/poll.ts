import { openApp } from '../app.ts';
import { ViaductError } from '../errors.ts';
import { countPass, type PassSummary, type PolledSource } from '../worker/poller.ts';
import type { CommandContext } from './context.ts';
import { selectSources } from './select-sources.ts';
import { counted, drawLine } from './terminal.ts';

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
  const line = drawLine(io);
  let total = 0;
  let done = 0;
  try {
    const summary = await app.poller.pass({
      sources,
      force: flags.force === true,
      at: now?.toISOString(),
      onStart: (asking) => {
        total = asking;
        line.show(`asking ${counted(asking, 'source')}`);
      },
      onPolled: ({ source, outcome }) => {
        done += 1;
        line.clear();
        if (outcome.kind === 'failed' && io.isTerminal) io.err(`${source.id}: ${outcome.error.message}\n`);
        line.show(`${done}/${total} ${source.id}`);
      },
    });
    line.clear();
    await io.out(flags.json ? JSON.stringify(toJson(summary)) : inWords(summary));
    const hasOnlyFailures = summary.polled.length > 0 && summary.polled.every(hasFailed);
    return hasOnlyFailures ? 1 : 0;
  } finally {
    line.clear();
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
