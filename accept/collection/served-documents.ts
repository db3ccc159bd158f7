import type { ServedDocument } from '../ingest.ts';
import type { HostileCase } from './cases.ts';

/** Items of a first document that are announced at once; more of them would stand in no feed. */
const ANNOUNCED = 10;

/** The documents among the cases; one with more items than are announced at once comes as several documents. */
export function hostileDocuments(cases: readonly HostileCase[]): readonly ServedDocument[] {
  return cases.flatMap(({ id, body, contentType }) =>
    split(body?.toString('latin1') ?? []).map((part, index) => {
      const partId = index === 0 ? id : `${id}-part-${index}`;
      const text = part.replaceAll(`${id}.example`, `${partId}.example`);
      return { id: partId, body: Buffer.from(text, 'latin1'), ...(contentType !== undefined && { contentType }) };
    }),
  );
}

function split(body: string | readonly string[]): readonly string[] {
  if (typeof body !== 'string') return body;
  const items = body.match(/<item>.*?<\/item>/gs) ?? [];
  if (items.length <= ANNOUNCED) return [body];
  const start = body.indexOf(items[0] ?? '');
  const last = items.at(-1) ?? '';
  const end = body.lastIndexOf(last) + last.length;
  return Array.from({ length: Math.ceil(items.length / ANNOUNCED) }, (_, part) =>
    [body.slice(0, start), ...items.slice(part * ANNOUNCED, (part + 1) * ANNOUNCED), body.slice(end)].join(''),
  );
}
