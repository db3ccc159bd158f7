import * as fs from 'node:fs/promises';
import path from 'node:path';
import { ViaductError } from '../errors.ts';
import { listSources } from './folder-files.ts';
import { isLinksFile } from './link-memory.ts';
import { type Damage, readJson, type Shape } from './recover.ts';
import { isRecordOf, isSiteIdentity, isStateFile, isTalliesFile } from './shapes.ts';
import { isIdsFile } from './source-ids.ts';
import { isSubscribersFile } from './subscriber-memory.ts';
import { readTail } from './tally-tail.ts';

/** What was found of one file of a data folder. */
export interface Finding {
  /** Below the data folder. */
  readonly file: string;
  /** 'mends': the next start puts it right without loss; 'loses': it starts empty; 'stops': viaduct refuses to start. */
  readonly kind: 'mends' | 'loses' | 'stops' | 'note';
  readonly message: string;
}

export interface Examination {
  /** Files that are well. */
  readonly good: number;
  readonly findings: readonly Finding[];
  /** Ids of the sources that have a file. */
  readonly sources: readonly string[];
}

/** Reads every file of a data folder as a start would, and changes nothing. Beside a daemon too. */
export async function examineFolder(dataDir: string): Promise<Examination> {
  const findings: Finding[] = [];
  let good = 0;

  async function look(name: string, work: (onDamage: (damage: Damage) => void) => Promise<unknown>): Promise<void> {
    const before = findings.length;
    try {
      const value = await work(({ why, restored }) => {
        const message = restored
          ? `${why}: its last good copy (.bak) would take its place`
          : `${why}, and it has no good copy: it would be kept as *.corrupt-TIME and start empty`;
        findings.push({ file: name, kind: restored ? 'mends' : 'loses', message });
      });
      if (value !== null && value !== undefined && findings.length === before) good += 1;
    } catch (error) {
      if (!(error instanceof ViaductError)) throw error;
      findings.push({ file: name, kind: 'stops', message: error.message });
    }
  }
  const json = <T extends object>(name: string, shape: Shape<T>) =>
    look(name, (onDamage) => readJson(fs, path.join(dataDir, name), shape, onDamage));

  let sources: readonly string[] = [];
  await look('sources', async () => {
    sources = (await listSources(fs, path.join(dataDir, 'sources'))).ids;
  });
  for (const id of sources) await json(`sources/${id}.json`, isRecordOf(id));
  await json('site.json', isSiteIdentity);
  await json('state.json', isStateFile);
  await json('ids.json', isIdsFile);
  await json('links.json', isLinksFile);
  await json('subscribers.json', isSubscribersFile);
  await json('tallies.json', isTalliesFile);
  await look('tallies.ndjson', (onDamage) => readTail(fs, path.join(dataDir, 'tallies.ndjson'), onDamage));

  for (const folder of ['', 'sources', 'private']) {
    for (const name of await list(path.join(dataDir, folder))) {
      const file = path.posix.join(folder, name);
      if (name.endsWith('.tmp'))
        findings.push({ file, kind: 'mends', message: 'a write under way, or left by a crash: a start removes it' });
      if (name.includes('.corrupt-'))
        findings.push({
          file,
          kind: 'note',
          message: 'a damaged file from before; delete it once you have looked at it',
        });
    }
  }
  const mode = await fs.stat(path.join(dataDir, 'private')).then(
    ({ mode }) => mode & 0o077,
    () => 0,
  );
  if (mode !== 0)
    findings.push({ file: 'private', kind: 'mends', message: 'others may look into it: a start makes it 0700' });
  return { good, findings, sources };
}

function list(folder: string): Promise<readonly string[]> {
  return fs.readdir(folder).catch(() => []);
}
