import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { spawnViaduct, viaduct } from '../test/helpers/run-viaduct.ts';
import { ask } from './ask.ts';
import { hostileCases } from './collection/cases.ts';
import { hostileDocuments } from './collection/served-documents.ts';
import { ingest } from './ingest.ts';
import { POLLUTION_WATCH } from './pollution-watch.ts';
import type { Check } from './report.ts';
import { storedItems } from './stored-items.ts';

/** Names that every object has, as guids, titles, categories and elements. */
const NAMES = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'valueOf',
  'prototype',
  '__defineGetter__',
  'null',
];
const ODD_FEED = `<?xml version="1.0"?><rss version="2.0"><channel><title>__proto__</title><link>https://odd.example/</link>${NAMES.map(
  (name) =>
    `<item><title>${name}</title><guid isPermaLink="false">${name}</guid><category>${name}</category><link>https://odd.example/${name}</link></item>`,
).join('')}</channel></rss>`;

export const check: Check = {
  title: 'Prototype safety: names that every object has, in feeds, feeds.json and addresses',
  async run(report) {
    const cases = hostileCases().filter(({ kind, id }) => kind === 'prototype' || id.startsWith('json-proto'));
    const documents = [
      ...hostileDocuments(cases),
      { id: 'odd', body: Buffer.from(ODD_FEED), contentType: 'application/rss+xml', category: 'constructor' },
      {
        id: 'constructor',
        body: Buffer.from(ODD_FEED.replaceAll('odd.example', 'second.example')),
        category: '__proto__',
      },
    ];
    const watch = ['env', `NODE_OPTIONS=${POLLUTION_WATCH}`];
    await ingest(
      documents,
      {},
      async ({ folder, listed, said, items }) => {
        // Two of one link and title are one item by the rules of identity; what must be there is each guid.
        const guidsOf = (source: string) =>
          items.filter(({ via }) => via.some((one) => one.source === source)).flatMap(({ guids }) => guids).length;
        const asExpected = cases.filter(({ id, expected }) => guidsOf(id) === expected.items).length;
        report.equal('cases with the guids that they should have', asExpected, cases.length);
        const odd = listed.get('odd') ?? 0;
        report.equal('oddly named items stored', odd, NAMES.length);
        report.figure('TypeErrors in the log', said.match(/TypeError/g)?.length ?? 0, '0', !said.includes('TypeError'));

        const daemon = spawnViaduct(folder, ['serve', '--port', '0'], watch);
        const { port } = await daemon.logged('serving');
        const get = async (path: string) => (await ask(`http://127.0.0.1:${port}${path}`)).status;
        const found = await Promise.all(items.map(async ({ id }) => (await get(`/items/${id}`)) === 301));
        report.figure(
          'items found after a restart',
          found.filter(Boolean).length,
          `${items.length}`,
          found.every(Boolean),
        );
        const lists = [
          '/',
          '/latest',
          '/sources/constructor',
          '/categories/constructor',
          '/categories/proto',
          '/feed.xml',
        ];
        const shown = await Promise.all(lists.map(get));
        report.figure(
          'lists of odd names',
          shown.join(' '),
          'all 200',
          shown.every((status) => status === 200),
        );
        const paths = NAMES.flatMap((name) => [
          `/${name}`,
          `/items/${name}`,
          `/go/${name}`,
          `/sources/${name}`,
          `/categories/${name}/feed.xml`,
        ]);
        const statuses = await Promise.all(
          paths
            .filter((path) => !path.startsWith('/sources/constructor') && !path.startsWith('/categories/constructor'))
            .map(get),
        );
        report.figure(
          'addresses made of such names',
          [...new Set(statuses)].join(' '),
          '404',
          statuses.every((status) => status === 404),
        );
        daemon.child.kill('SIGTERM');
        const { stderr, code } = await daemon.ended;
        const polled = await viaduct(folder, 'poll', '--force');
        const after = await storedItems(folder);
        const isClean = !`${stderr}${said}`.includes('POLLUTED') && code === 0;
        report.figure('prototype of all objects', isClean ? 'as it was' : 'polluted', 'as it was', isClean);
        report.figure(
          'items after one more poll',
          after.length,
          `${items.length}`,
          after.length === items.length && polled.code === 0,
        );

        const config =
          '{"sources":[{"url":"https://a.example/f","id":"__proto__"},{"url":"https://b.example/f","__proto__":{"polluted":1}}]}';
        const refused = await checkConfig(folder, config);
        report.equal('feeds.json with such keys: exit code', refused, 2);
      },
      watch,
    );
  },
};

async function checkConfig(folder: string, text: string): Promise<number | null> {
  await writeFile(path.join(folder, 'odd.json'), text);
  return (await viaduct(folder, 'check', '--config', 'odd.json')).code;
}
