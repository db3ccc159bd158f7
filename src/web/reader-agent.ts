/** More than this is nobody's to say. */
const MAX_SUBSCRIBERS = 1_000_000;
const MAX_NAME_CHARS = 40;
const ANNOUNCED = /\b(\d{1,9})\s+(?:subscriber|reader|user)s?\b/i;
/** Those that fetch feeds without anybody reading them. 'Feedly', 'FeedFetcher' and 'Tiny Tiny RSS' are none of them. */
const NOT_A_READER =
  /bot\b|crawl|spider|slurp|scan|monitor|uptime|validat|archiv|preview|headless|lighthouse|^(?:curl|wget|python|go-http|java|okhttp|axios|node|undici|libwww|ruby|php|perl|guzzle|httpie|aiohttp|httpx)\b/i;

/** What the User-Agent of one that fetches a feed says of its readers. */
export type ReaderAgent =
  /** A hosted reader that announces how many subscribers it fetches for ('Feedly/1.0 (+…; 16 subscribers)'); never 0. */
  | { readonly kind: 'hosted'; readonly name: string; readonly subscribers: number }
  /** One that reads for its own. */
  | { readonly kind: 'plain' }
  /** A robot or a script. */
  | { readonly kind: 'none' };

/** Reads a User-Agent. `name` is the same for all versions of one reader. */
export function readReaderAgent(agent: string): ReaderAgent {
  const said = ANNOUNCED.exec(agent)?.[1];
  if (said !== undefined) {
    const subscribers = Number(said);
    const name =
      agent
        .split(/[/(;:]|\s-\s|\s\d|\sfeed-id/, 1)[0]
        ?.trim()
        .toLowerCase()
        .slice(0, MAX_NAME_CHARS) ?? '';
    const isCredible = subscribers > 0 && subscribers <= MAX_SUBSCRIBERS && name !== '';
    return isCredible ? { kind: 'hosted', name, subscribers } : { kind: 'none' };
  }
  return agent.trim() === '' || NOT_A_READER.test(agent) ? { kind: 'none' } : { kind: 'plain' };
}
