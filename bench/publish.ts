import { performance } from 'node:perf_hooks';
import type { ContentPolicy } from '../src/model.ts';
import { publishFeed } from '../src/publish/publish-feed.ts';
import { aConfig, aContext, aList, anEntry, anItem, aSource, html } from '../test/publish/build-item.ts';

const ROUNDS = 60;
const TEXT =
  'The thread that travelled furthest this week tells a different one: that a model small enough to live on a phone, given a tidy record of what its owner has said & done, will feel more capable than a far larger one. ';

/** Prints how long the main thread is busy with publishing 100 items in three formats: the first time, when all is new
 *  and no code is warm, and the middle and slowest of the rounds after it, in each of which one item has changed. */
export async function benchPublish(): Promise<void> {
  for (const policy of ['summary', 'full'] as const) {
    const { list, context } = makeHundred(policy);
    const times: number[] = [];
    let bytes = 0;
    const cpuBefore = process.cpuUsage();
    for (let round = 0; round < ROUNDS; round += 1) {
      const items = list.items.map((item, index) => (index === round ? { ...item } : item));
      const start = performance.now();
      const feed = publishFeed({ ...list, items }, context);
      times.push(performance.now() - start);
      bytes = Buffer.byteLength(feed.rss + feed.atom + feed.json);
    }
    const { user, system } = process.cpuUsage(cpuBefore);
    const [first = 0, ...warm] = times;
    warm.sort((a, b) => a - b);
    const ms = (value: number | undefined) => `${value?.toFixed(1)} ms`;
    console.log(
      `publish 100 items (${policy}, ${Math.round(bytes / 1024)} KB in three formats): first ${ms(first)}, ` +
        `median ${ms(warm[warm.length >> 1])}, slowest ${ms(warm.at(-1))}; CPU of all threads ${ms((user + system) / 1000 / ROUNDS)} each`,
    );
  }
}

function makeHundred(content: ContentPolicy) {
  const sources = Array.from({ length: 20 }, (_, index) => aSource({ id: `source-${index}`, content }));
  const items = Array.from({ length: 100 }, (_, index) => {
    const id = `item${index}`.padEnd(12, '0');
    const url = `https://source-${index % 20}.example/2026/03/${index}?a=1&b=2`;
    const common = {
      url,
      viaUrl: url,
      title: `Story ${index}: what the numbers can bear & what not`,
      text: TEXT.repeat(18),
    };
    return anItem({}, [
      anEntry({
        ...common,
        id,
        source: `source-${index % 20}`,
        html: html(`<p>${TEXT}</p>\n`.repeat(25)),
        authors: [{ name: 'Jane Doe' }],
        categories: ['AI', 'On-device'],
      }),
      anEntry({ ...common, id: `${id}b`, source: `source-${(index + 7) % 20}` }),
    ]);
  });
  const config = aConfig({ content, sources });
  return { list: aList(items), context: aContext(config, { views: () => 24 }) };
}
