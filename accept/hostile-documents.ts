import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ATTACKS, type AttackCase } from './attack-cases.ts';
import type { ServedDocument } from './ingest.ts';

/** Items of a first document that are announced at once; more of them would stand in no feed. */
const ANNOUNCED = 10;

/** The file cases as documents, each on a site of its own, so that no two of them are one article; those with more items than
 *  are announced at once come as several documents. */
export function hostileDocuments(cases: readonly AttackCase[]): readonly ServedDocument[] {
  return cases.flatMap((attack) => {
    if (attack.file === undefined) return [];
    const body = readFileSync(path.join(ATTACKS, attack.file)).toString('latin1');
    const contentType = attack.ct === undefined ? {} : { contentType: attack.ct };
    return split(body).map((part, index) => {
      const id = index === 0 ? attack.id : `${attack.id}-part-${index}`;
      return { id, body: Buffer.from(part.replaceAll('example.org', `${id}.example`), 'latin1'), ...contentType };
    });
  });
}

function split(body: string): readonly string[] {
  const items = body.match(/<item>.*?<\/item>/gs) ?? [];
  if (items.length <= ANNOUNCED) return [body];
  const start = body.indexOf(items[0] ?? '');
  const last = items.at(-1) ?? '';
  const end = body.lastIndexOf(last) + last.length;
  return Array.from({ length: Math.ceil(items.length / ANNOUNCED) }, (_, part) =>
    [body.slice(0, start), ...items.slice(part * ANNOUNCED, (part + 1) * ANNOUNCED), body.slice(end)].join(''),
  );
}
