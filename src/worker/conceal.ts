import { secretPieces } from '../config/source-secrets.ts';
import { ViaductError } from '../errors.ts';
import { FetchError, type Fetched, type Hop } from '../fetch/fetcher.ts';
import type { Source } from '../model.ts';
import { CONCEALED, spellingsOf } from '../publish/web-url.ts';
import type { Reading } from '../schedule/reading.ts';

/** What a private source answered, without its address, the addresses it was led to, and the secret pieces of both, so that none of
 *  them is ever stored, logged or shown: publishers repeat the address that was asked in links, guids, entity tags and error pages.
 *  Of any other source the reading as it is. */
export function concealReading(source: Source, reading: Reading): Reading {
  if (!source.private) return reading;
  switch (reading.kind) {
    case 'fetch-failed': {
      const { error } = reading;
      const conceal = createConcealer(source, error.hops);
      const message = conceal(error.message.replace(/^It redirects to \S+\. /, 'It redirects. '));
      const { status, retryAt, answeredBy, hops } = error;
      const detail = {
        ...(status !== undefined && { status }),
        ...(retryAt !== undefined && { retryAt }),
        ...(answeredBy !== undefined && { answeredBy }),
      };
      return { kind: 'fetch-failed', error: new FetchError(error.code, message, { ...detail, hops }) };
    }
    case 'parse-failed': {
      const { error, fetched } = reading;
      const message = createConcealer(source, fetched.hops)(error.message);
      return { ...reading, error: new ViaductError(error.code, message), fetched: withoutEchoes(source, fetched) };
    }
    case 'document': {
      const conceal = createConcealer(source, reading.fetched.hops);
      const document = mapTexts(reading.document, conceal) as typeof reading.document;
      return { ...reading, document, fetched: withoutEchoes(source, reading.fetched) };
    }
    case 'same':
      return { ...reading, fetched: withoutEchoes(source, reading.fetched) };
    case 'not-modified':
      return { ...reading, fetched: withoutEchoes(source, reading.fetched) };
  }
}

/** Validators that repeat the address are not kept: they would have to be stored as they are. */
function withoutEchoes<T extends Fetched>(source: Source, fetched: T): T {
  const { etag, lastModified, ...freshness } = fetched.freshness;
  const conceal = createConcealer(source, fetched.hops);
  const host = fetched.kind === 'fetched' ? new URL(fetched.url).host : '';
  const isEchoed = [etag, lastModified, host].some((text) => text !== undefined && conceal(text) !== text);
  return isEchoed ? { ...fetched, freshness } : fetched;
}

function createConcealer(source: Source, hops: readonly Hop[]): (text: string) => string {
  const addresses = [source.url, ...hops.map(({ to }) => to)];
  const whole = addresses
    .filter((url) => !/^(https?:\/\/[^/]*\/?$|file:)/.test(url))
    .flatMap((url) => [...spellingsOf(url)]);
  const pieces = [...(source.secrets ?? []), ...hops.flatMap(({ to }) => secretPieces(to, to, {}))];
  const secrets = [...new Set([...whole, ...pieces])].sort((a, b) => b.length - a.length);
  return (text) => secrets.reduce((told, secret) => told.replaceAll(secret, CONCEALED), text);
}

function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((element) => mapTexts(element, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mapTexts(inner, change)]));
}
