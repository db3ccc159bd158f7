import { access } from 'node:fs/promises';
import { ConfigError } from '../config/parse-config.ts';
import { ViaductError } from '../errors.ts';
import { examineFolder, type Finding } from '../store/examine.ts';
import type { CommandContext } from './context.ts';
import { counted } from './terminal.ts';

/** Says whether a data folder is well and what the next start would mend; changes nothing. Exit code 1 when something is damaged, 2 when
 *  viaduct would refuse to start. */
export async function doctor(flags: { readonly json?: boolean }, context: CommandContext): Promise<number> {
  const { io, settings } = context;
  await access(settings.dataDir).catch((cause: unknown) => {
    throw new ViaductError('usage/folder', `There is no data folder ${settings.dataDir}: name it with --data.`, {
      cause,
    });
  });
  const { good, findings, sources } = await examineFolder(settings.dataDir);
  const all: readonly Finding[] = [...findings, ...(await adviceOf(sources, context))];
  const isStopped = all.some(({ kind }) => kind === 'stops');
  const isDamaged = all.some(({ kind, file }) => kind === 'loses' || (kind === 'mends' && /\.n?d?json$/.test(file)));
  if (flags.json) {
    for (const finding of all) await io.out(JSON.stringify(finding));
  } else {
    for (const { file, kind, message } of all) await io.out(`${WORDS[kind]} ${file}: ${message}`);
    const verdict = isStopped
      ? 'viaduct would not start'
      : isDamaged
        ? 'the next start mends what can be mended'
        : 'all well';
    await io.out(
      `${settings.dataDir}: ${counted(good, 'file')} well, ${counted(sources.length, 'source')}; ${verdict}`,
    );
  }
  return isStopped ? 2 : isDamaged ? 1 : 0;
}

const WORDS = { mends: 'mends ', loses: 'LOSES ', stops: 'STOPS ', note: 'note  ' } as const;

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
