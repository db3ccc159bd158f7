import { ViaductError } from '../errors.ts';
import { FetchError, type Fetcher, type FetchRequest } from '../fetch/fetcher.ts';
import type { FeedDocument, Source, SourceState } from '../model.ts';
import type { Reading } from '../schedule/reading.ts';
import { type Ask, lastBodyHash } from '../schedule/schedule.ts';
import { redactReading } from '../secrets.ts';

/** Bytes → document, with a deadline; rejects with ViaductError 'parse/…'. */
export type Parse = (
  bytes: Uint8Array,
  options: { contentType?: string; baseUrl?: string; html: boolean },
) => Promise<FeedDocument>;

/** Asks a source once and reads what it answers. Never throws for what a publisher or the network does: a failure is a Reading. */
export async function readSource(
  source: Source,
  { ask: _, ...asked }: Extract<Ask, { ask: true }>,
  state: SourceState,
  ports: Pick<FetchRequest, 'signal' | 'beforeHop'> & { fetch: Fetcher; parse: Parse },
): Promise<Reading> {
  const request: FetchRequest = {
    ...asked,
    namedUrl: source.url,
    timeoutSeconds: source.timeoutSeconds,
    insecureTls: source.insecureTls,
    ...(ports.signal && { signal: ports.signal }),
    ...(ports.beforeHop && { beforeHop: ports.beforeHop }),
  };
  return redactReading(source, await readAnswer(source, request, state, ports));
}

async function readAnswer(
  source: Source,
  request: FetchRequest,
  state: SourceState,
  ports: { fetch: Fetcher; parse: Parse },
): Promise<Reading> {
  try {
    const fetched = await ports.fetch(request);
    if (fetched.kind === 'not-modified') return { kind: 'not-modified', fetched };
    if (fetched.bodyHash === lastBodyHash(source, state)) return { kind: 'same', fetched };
    return await readDocument(source, fetched, ports.parse);
  } catch (error) {
    if (error instanceof FetchError) return { kind: 'fetch-failed', error };
    throw error;
  }
}

async function readDocument(
  source: Source,
  fetched: Extract<Reading, { kind: 'document' }>['fetched'],
  parse: Parse,
): Promise<Reading> {
  try {
    const document = await parse(fetched.bytes, {
      ...(fetched.contentType !== undefined && { contentType: fetched.contentType }),
      baseUrl: fetched.url,
      // Sanitising costs as much again as parsing: only for what is shown in full.
      html: source.content === 'full',
    });
    return { kind: 'document', document, fetched };
  } catch (error) {
    if (error instanceof ViaductError) return { kind: 'parse-failed', error, fetched };
    throw error;
  }
}
