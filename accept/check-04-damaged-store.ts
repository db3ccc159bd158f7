import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { withServer } from '../test/helpers/http-server.ts';
import { spawnViaduct, viaduct, withFolder } from '../test/helpers/run-viaduct.ts';
import { ask, BROWSER } from './ask.ts';
import { createChangingFeeds } from './changing-feeds.ts';
import type { Check } from './report.ts';
import {
  judgeBigStore,
  judgeClockJumps,
  judgeLeftovers,
  judgeLinks,
  judgeReadOnly,
  judgeStops,
} from './store-misfortunes.ts';
import { storedItems } from './stored-items.ts';

/** What may stand in a file of the store, made from what stood there. */
const CONTENTS = new Map<string, (good: Buffer) => Buffer>([
  ['empty', () => Buffer.alloc(0)],
  ['null', () => Buffer.from('null')],
  ['zero', () => Buffer.from('0')],
  ['array', () => Buffer.from('[]')],
  ['string', () => Buffer.from('"x"')],
  ['truncated', (good) => good.subarray(0, good.length >> 1)],
  ['nul', (good) => Buffer.alloc(good.length)],
  ['wrong-shape', () => Buffer.from('{"things":1}')],
  ['bom', (good) => Buffer.concat([Buffer.from('\uFEFF'), good])],
  ['future-version', () => Buffer.from('{"version":999,"items":[]}')],
]);
const ONE = ['sources/one.json', 'sources/one.json.bak'];
const TARGETS = [
  ['sources/one.json'],
  ['state.json'],
  ['site.json'],
  ['tallies.ndjson'],
  ONE,
  [...ONE, 'sources/two.json', 'sources/two.json.bak'],
];
/** Entries that the last poll of a source brought, and its copy therefore lacks. */
const NEW_SINCE_COPY = 2;

export const check: Check = {
  title: 'damaged store: the last good copy or a refusal that names the file, never a silent empty start',
  async run(report) {
    const verdicts = new Map<string, string>();
    await withStored(async (folder, itemCount) => {
      for (const files of TARGETS) {
        for (const content of CONTENTS.keys()) {
          verdicts.set(`${files.join(' + ')}: ${content}`, await startDamaged(folder, itemCount, files, content));
        }
      }
    });
    const bad = [...verdicts].filter(([, verdict]) => verdict.startsWith('BAD'));
    const kinds = [...new Set(verdicts.values())].sort();
    const counts = kinds.map((kind) => `${[...verdicts.values()].filter((one) => one === kind).length} ${kind}`);
    report.equal('starts on damaged files', verdicts.size, 60);
    report.figure('what they did', counts.join(', '), 'none silent or lossy', bad.length === 0);
    for (const [name, verdict] of bad) report.figure(name, verdict, 'restored, refused or told', false);
    await judgeLeftovers(report);
    await judgeLinks(report);
    await judgeReadOnly(report);
    await judgeStops(report);
    await judgeClockJumps(report);
    await judgeBigStore(report);
  },
};

/** A data folder with two sources, each stored three times, and one view. */
async function withStored(work: (folder: string, itemCount: number) => Promise<void>): Promise<void> {
  const feeds = createChangingFeeds();
  await withServer(feeds.listener, async (server) => {
    const sources = ['one', 'two'].map((id, n) => ({ id, url: `${server.url}/${n}` }));
    await withFolder({ allow: [server.host], sources }, async (folder) => {
      for (let n = 0; n < 3; n += 1) await viaduct(folder, 'poll', '--force');
      const items = await storedItems(folder);
      const running = spawnViaduct(folder, ['serve', '--port', '0']);
      const { port } = await running.logged('serving');
      await ask(`http://127.0.0.1:${port}/go/${items[0]?.id}`, { headers: BROWSER });
      running.child.kill('SIGTERM');
      await running.ended;
      await work(folder, items.length);
    });
  });
}

/** Damages files in a copy of the folder and starts the daemon on it. Begins with BAD when it did what it must not. */
async function startDamaged(
  folder: string,
  itemCount: number,
  files: readonly string[],
  content: string,
): Promise<string> {
  const copy = path.join(folder, 'damaged');
  await cp(path.join(folder, 'data'), path.join(copy, 'data'), { recursive: true });
  await cp(path.join(folder, 'feeds.json'), path.join(copy, 'feeds.json'));
  try {
    const written = new Map<string, Buffer>();
    for (const file of files) {
      const place = path.join(copy, 'data', file);
      const bytes = CONTENTS.get(content)?.(await readFile(place)) ?? Buffer.alloc(0);
      await writeFile(place, bytes);
      written.set(file, bytes);
    }
    return await judgeStart(copy, itemCount, written, content === 'bom');
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

async function judgeStart(
  folder: string,
  itemCount: number,
  written: ReadonlyMap<string, Buffer>,
  isReadable: boolean,
): Promise<string> {
  const running = spawnViaduct(folder, ['serve', '--port', '0']);
  const serving = await running.logged('serving').catch(() => undefined);
  const status = serving ? (await ask(`http://127.0.0.1:${serving.port}/status`)).body : '';
  running.child.kill('SIGTERM');
  const { code, stderr } = await running.ended;
  const names = [...written.keys()].map((file) => path.basename(file));
  const isNamed = names.some((name) => stderr.includes(name));
  if (!serving) {
    if (code === 0) return 'BAD: ended with 0';
    if (!isNamed) return 'BAD: refused and named no file';
    const isUntouched = await everyFile(written, (file, bytes) => holds(path.join(folder, 'data', file), bytes));
    return isUntouched ? 'refused' : 'BAD: refused and changed the file';
  }
  const stored = (await storedItems(folder)).length;
  if (stored === itemCount && isReadable) return 'read as it is';
  if (!isNamed) return 'BAD: said nothing';
  if (!names.some((name) => status.includes(name))) return 'BAD: /status says nothing';
  if (!(await everyFile(written, (file, bytes) => isKept(path.join(folder, 'data', file), bytes)))) {
    return 'BAD: the damaged file was not kept';
  }
  if (stored >= itemCount - NEW_SINCE_COPY) return 'restored';
  // File and copy are both gone: that source begins anew, told, and no other.
  return written.size === ONE.length && stored === itemCount / 2
    ? 'told, begun anew'
    : `BAD: ${stored} of ${itemCount}`;
}

async function everyFile(
  written: ReadonlyMap<string, Buffer>,
  judge: (file: string, bytes: Buffer) => Promise<boolean>,
): Promise<boolean> {
  for (const [file, bytes] of written) if (!(await judge(file, bytes))) return false;
  return true;
}

/** In its place, or beside it. */
async function isKept(file: string, bytes: Buffer): Promise<boolean> {
  if (await holds(file, bytes)) return true;
  const names = await readdir(path.dirname(file));
  const kept = names.find((name) => name.startsWith(`${path.basename(file)}.corrupt-`));
  return kept !== undefined && holds(path.join(path.dirname(file), kept), bytes);
}

const holds = (file: string, bytes: Buffer): Promise<boolean> =>
  readFile(file).then(
    (found) => found.equals(bytes),
    () => false,
  );
