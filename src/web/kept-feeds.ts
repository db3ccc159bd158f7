import { createHash } from 'node:crypto';
import { MINUTE_MS } from '../durations.ts';
import { ViaductError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Config } from '../model.ts';
import type { KeptFeedsFile } from '../store/small-files.ts';
import { VERSION } from '../version.ts';
import { answer, encode, type Prepared, prepare } from './prepared.ts';
import { problemReply, reply } from './problems.ts';
import { askingOf, isPlainQuestion, type Site, send } from './site.ts';

/** How old the kept feeds may be after a process that ended without a word. */
const SAVE_EVERY_MS = 5 * MINUTE_MS;
const RETRY_AFTER_SECONDS = 5;

/** Keeps the merged feed for the next start, which takes seconds where much is stored: written when it has changed, now and then and at
 *  the end. `documents` are its files by address path. */
export function keepFeeds(ports: {
  readonly documents: () => ReadonlyMap<string, Prepared>;
  readonly config: () => Config;
  readonly save: (file: KeptFeedsFile) => Promise<void>;
  readonly log: Log;
}): { close(): Promise<void> } {
  let saved = '';
  const timer = setInterval(() => void saveIfNew(), SAVE_EVERY_MS).unref();

  async function saveIfNew(): Promise<void> {
    const documents = [...ports.documents()];
    const madeOf = markOf(ports.config());
    const state = [madeOf, ...documents.map(([, { hash }]) => hash)].join();
    if (documents.length === 0 || state === saved) return;
    try {
      await ports.save({
        version: 1,
        madeOf,
        documents: documents.map(([path, { recipe, identity }]) => ({ path, recipe, body: identity.bytes.toString() })),
      });
      saved = state;
    } catch (error) {
      // A full disk is told of by all that matters more.
      if (!(error instanceof ViaductError)) throw error;
      ports.log('debug', 'feeds.not-kept', { message: error.message });
    }
  }

  return {
    close() {
      clearInterval(timer);
      return saveIfNew();
    },
  };
}

/** What answers while the store is being read: the merged feed as it was kept, unless feeds.json or viaduct has changed since; for all
 *  else a page that comes again by itself. */
export function startingSite(kept: KeptFeedsFile | undefined, config: Config): Pick<Site, 'listener' | 'prepare'> {
  const isOurs = kept?.madeOf === markOf(config);
  const documents = new Map(
    (isOurs ? kept.documents : []).map(({ path, recipe, body }) => [path, prepare(body, recipe)]),
  );
  return {
    listener(request, response) {
      const { url = '' } = request;
      const document = isPlainQuestion(request) ? documents.get(url) : undefined;
      if (document) return send(response, answer(document, askingOf(request)));
      if (url === '/healthz') return send(response, json(200, { status: 'ok', version: VERSION }));
      if (url === '/readyz') return send(response, json(503, { ready: false }));
      const again = String(RETRY_AFTER_SECONDS);
      send(response, problemReply(503, undefined, ['Retry-After', again, 'Refresh', again]));
    },
    async prepare() {
      await Promise.all([...documents.values()].flatMap((one) => [encode(one, 'gzip'), encode(one, 'br')]));
    },
  };
}

function json(status: number, body: object) {
  return reply(status, 'application/json', Buffer.from(`${JSON.stringify(body)}\n`));
}

/** Of all that a feed's bytes come from but for the entries: a source that became private must not be seen once more. */
function markOf(config: Config): string {
  return createHash('sha256')
    .update(`${VERSION}\n${JSON.stringify(config)}`)
    .digest('base64url');
}
