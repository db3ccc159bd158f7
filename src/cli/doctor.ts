import * as fs from 'node:fs/promises';
import { ConfigError } from '../config/parse-config.ts';
import { ViaductError } from '../errors.ts';
import { KEPT_DAMAGED, keptDamaged, openDataFolder } from '../store/data-folder.ts';
import { createNotices } from '../store/notices.ts';
import type { CommandContext } from './context.ts';
import { counted } from './terminal.ts';

/** What was found of one file of a data folder. */
interface Finding {
  /** Below the data folder. */
  readonly file: string;
  /** 'mends': the next start repairs it without loss; 'loses': it starts empty; 'stops': viaduct refuses to start. */
  readonly kind: 'mends' | 'loses' | 'stops' | 'note';
  readonly message: string;
}

const LABELS = { mends: 'repair', loses: 'LOSS  ', stops: 'STOP  ', note: 'note  ' } as const;

/** Opens a data folder for reading as a start would, also beside a daemon, and says what it found; changes nothing. Exit code 1
 *  when something is damaged, 2 when viaduct would refuse to start. */
export async function doctor(flags: { readonly json?: boolean }, context: CommandContext): Promise<number> {
  const { io, settings } = context;
  await fs.access(settings.dataDir).catch((cause: unknown) => {
    throw new ViaductError('usage/folder', `There is no data folder ${settings.dataDir}: name it with --data.`, {
      cause,
    });
  });
  const { findings, verdict, code } = await examine(context);
  for (const finding of findings) {
    const { file, kind, message } = finding;
    await io.out(flags.json ? JSON.stringify(finding) : `${LABELS[kind]} ${file}: ${message}`);
  }
  if (!flags.json) await io.out(`${settings.dataDir}: ${verdict}`);
  return code;
}

async function examine(context: CommandContext): Promise<{ findings: Finding[]; verdict: string; code: number }> {
  const { dataDir } = context.settings;
  const clock = () => new Date().toISOString();
  const kept = (await keptDamaged(fs, dataDir)).map((file): Finding => {
    return { file, kind: 'note', message: KEPT_DAMAGED };
  });
  try {
    const folder = await openDataFolder('read', { dataDir, fs, clock, notices: createNotices(clock, () => {}) });
    const damaged = folder.damaged.map(({ name, damage: { why, restored } }): Finding => {
      return restored
        ? { file: name, kind: 'mends', message: `${why}: its last good copy (.bak) would take its place` }
        : {
            file: name,
            kind: 'loses',
            message: `${why}, and it has no good copy: it would be kept as *.corrupt-TIME and start empty`,
          };
    });
    const sources = [...folder.records.keys()];
    return {
      findings: [...damaged, ...kept, ...(await adviceOf(sources, context))],
      verdict: `${counted(sources.length, 'source')}; ${damaged.length > 0 ? 'the next start repairs what it can' : 'everything is OK'}`,
      code: damaged.length > 0 ? 1 : 0,
    };
  } catch (error) {
    if (!(error instanceof ViaductError)) throw error;
    const stop: Finding = { file: dataDir, kind: 'stops', message: error.message };
    return { findings: [stop, ...kept], verdict: 'viaduct would not start', code: 2 };
  }
}

async function adviceOf(stored: readonly string[], context: CommandContext): Promise<readonly Finding[]> {
  try {
    const known = new Set((await context.loadConfig()).sources.map(({ id }) => id));
    const orphans = stored.filter((id) => !known.has(id));
    if (orphans.length === 0) return [];
    const some = orphans.slice(0, 5).join(', ');
    const message = `not in feeds.json, kept for their return: ${some}${orphans.length > 5 ? ` and ${orphans.length - 5} more` : ''}`;
    return [{ file: 'sources', kind: 'note', message }];
  } catch (error) {
    if (!(error instanceof ConfigError)) return [];
    return [{ file: context.settings.configFile, kind: 'note', message: 'cannot be used: "viaduct check" says why' }];
  }
}
