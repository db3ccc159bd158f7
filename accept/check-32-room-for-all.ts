import { cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { getDomain } from 'tldts';
import { startFarm } from '../bench/farm-server.ts';
import { spawnViaduct, viaduct, withFolder } from '../test/helpers/run-viaduct.ts';
import { ask } from './ask.ts';
import type { Check } from './report.ts';
import { storedItems } from './stored-items.ts';

const FEEDS = 60;
const STATES = 20;
const FIRST = 10;
const EACH = 2;
/** Most feeds that publish at once, and most items of each: a burst of one among them. */
const PUBLISHING = 12;
const BURST = 15;
const FIXTURE = path.resolve('test/fixtures/ten');

export const check: Check = {
  title: `Room for all: ${FEEDS} feeds and the ten, in ${STATES} states; no publisher more than ${EACH} times among the first ${FIRST}`,
  async run(report) {
    const farm = await startFarm(FEEDS, [`--now=${new Date().toISOString()}`]);
    if (!farm) return report.skip('no farm of feeds lies beside the project');
    try {
      const { sources } = JSON.parse(await readFile(path.join(FIXTURE, 'feeds.json'), 'utf8')) as { sources: object[] };
      const urls = await farm.urls('healthy');
      const config = { allow: ['127.0.0.0/8'], limits: { perHost: 8 }, sources: [...sources, ...urls] };
      await withFolder(config, async (folder) => {
        await cp(FIXTURE, folder, { recursive: true, filter: (from) => !from.endsWith('feeds.json') });
        await writeFile(path.join(folder, 'feeds.json'), JSON.stringify(config));
        const daemon = spawnViaduct(folder, ['serve', '--port', '0']);
        const port = Number((await daemon.logged('serving')).port);
        let most = 0;
        let fewest = FIRST;
        let perSource = 0;
        for (let state = 0; state < STATES; state++) {
          const some = 1 + Math.floor(Math.random() * PUBLISHING);
          const burst = 1 + Math.floor(Math.random() * BURST);
          if (state > 0) await farm.command(`/publish?feeds=${some}&items=${burst}`);
          const { code, stderr } = await viaduct(folder, 'poll', '--force', '--json');
          if (code !== 0) throw new Error(`viaduct poll ended with ${code}: ${stderr}`);
          const page = (await ask(`http://127.0.0.1:${port}/`)).body.toString();
          const main = /<main.*<\/main>/s.exec(page)?.[0] ?? '';
          const ids = [...new Set([...main.matchAll(/href="\/items\/([^/"]+)\//g)].map(([, id]) => id))].slice(
            0,
            FIRST,
          );
          const items = new Map((await storedItems(folder)).map((item) => [item.id, item]));
          const first = ids.flatMap((id) => items.get(id ?? '') ?? []);
          most = Math.max(most, mostOf(first.map(({ id, url }) => publisherOf(url) ?? id)));
          perSource = Math.max(
            perSource,
            mostOf(first.map(({ via }) => (via.length === 1 ? via[0]?.source : undefined))),
          );
          fewest = Math.min(fewest, first.length);
        }
        report.equal('items at the top of the front page, at least', fewest, FIRST);
        report.figure('of one publisher among them, at most', most, `${EACH}`, most <= EACH);
        report.figure('of one source alone among them, at most', perSource, `${EACH}`, perSource <= EACH);
        daemon.child.kill('SIGTERM');
        await daemon.ended;
      });
    } finally {
      await farm.stop();
    }
  },
};

/** By registrable domain; on loopback, where each address is a host, by address. */
function publisherOf(url: string | undefined): string | undefined {
  return url === undefined ? undefined : (getDomain(url, { allowPrivateDomains: true }) ?? new URL(url).hostname);
}

function mostOf(names: readonly (string | undefined)[]): number {
  const counts = new Map<string, number>();
  for (const name of names) if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Math.max(0, ...counts.values());
}
