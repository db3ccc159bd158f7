/** More than this is nobody's to say. */
export const MAX_SUBSCRIBERS = 1_000_000;
const MAX_NAME_CHARS = 40;
const ANNOUNCED = /(?<![\d,.])(\d{1,3}(?:,\d{3})+|\d{1,9})\s+(?:subscriber|reader|user)s?\b/i;
/** Some hosted readers say who they are in a comment, as browsers and robots do: 'Mozilla/5.0 (compatible; BazQux/2.4; …'. */
const DISGUISE = /^Mozilla\/[\d.]+ \((?:compatible; ?)?/;
/** Two viaducts that read each other would count each other's readers up for ever, so each is one reader. */
const VIADUCT = /^viaduct\//;
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
  if (said !== undefined && !VIADUCT.test(agent)) {
    const subscribers = Number(said.replaceAll(',', ''));
    const name =
      agent
        .replace(DISGUISE, '')
        .split(/[/(;:]|\s-\s|\s\d|\sfeed-id/, 1)[0]
        ?.trim()
        .toLowerCase()
        .slice(0, MAX_NAME_CHARS) ?? '';
    const isCredible = subscribers > 0 && subscribers <= MAX_SUBSCRIBERS && name !== '';
    return isCredible ? { kind: 'hosted', name, subscribers } : { kind: 'none' };
  }
  return agent.trim() === '' || NOT_A_READER.test(agent) ? { kind: 'none' } : { kind: 'plain' };
}
