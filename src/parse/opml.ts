import { Parser } from 'htmlparser2';
import { ViaductError } from '../errors.ts';
import { decode } from './decode.ts';
import { NAME_CHARS } from './limits.ts';
import { cleanText } from './plain-text.ts';

const MAX_DEPTH = 50;
/** As many as a source may have in feeds.json. */
const MAX_CATEGORIES = 10;
const MAX_FEEDS = 20_000;

/** A feed of an OPML list, as written: nothing says yet that its addresses can be asked. */
export interface OpmlFeed {
  /** '' where the outline is of a feed and has none. */
  readonly xmlUrl: string;
  readonly title?: string;
  readonly htmlUrl?: string;
  /** The nearest outline around it that has a name, then the ends of the paths in its `category` ("/Technology/AI"). */
  readonly categories: readonly string[];
}

/** The feeds of an OPML document (opml.org/spec2.opml), in their order. Tags are read leniently: `&` and case as readers write them.
 *  @throws ViaductError 'parse/…' when it is no OPML, declares entities, or is deeper or longer than any list of a person */
export function parseOpml(bytes: Uint8Array): readonly OpmlFeed[] {
  const text = decode(bytes);
  if (/<!ENTITY/i.test(text)) throw refused('it declares entities, which a list of feeds never needs');
  const feeds: OpmlFeed[] = [];
  const names: string[] = [];
  let isOpml = false;
  let depth = 0;
  const parser = new Parser(
    {
      onopentag(tag, attributes) {
        depth += 1;
        // Of any elements: what htmlparser2 takes for each grows with those that are open.
        if (depth > 2 * MAX_DEPTH) throw refused(`its elements are nested more than ${2 * MAX_DEPTH} deep`);
        if (tag === 'opml') isOpml = true;
        if (tag !== 'outline') return;
        const outline = new Map(Object.entries(attributes));
        const name = cleanText(outline.get('text') ?? outline.get('title') ?? '', NAME_CHARS);
        const xmlUrl = outline.get('xmlurl')?.trim() ?? (isFeed(outline) ? '' : undefined);
        // What stands in a feed's outline stands in the category of that feed.
        names.push(xmlUrl ? '' : name);
        if (names.length > MAX_DEPTH) throw refused(`its outlines are nested more than ${MAX_DEPTH} deep`);
        if (xmlUrl === undefined) return;
        if (feeds.length === MAX_FEEDS) throw refused(`it lists more than ${MAX_FEEDS} feeds`);
        const around = names.slice(0, -1).findLast((one) => one !== '');
        const categories = [...new Set([around ?? [], lastSteps(outline.get('category'))].flat())].slice(
          0,
          MAX_CATEGORIES,
        );
        const htmlUrl = outline.get('htmlurl')?.trim();
        feeds.push({
          xmlUrl,
          ...(name !== '' && { title: name }),
          ...(htmlUrl !== undefined && htmlUrl !== '' && { htmlUrl }),
          categories,
        });
      },
      onclosetag(tag) {
        depth -= 1;
        if (tag === 'outline') names.pop();
      },
    },
    { xmlMode: true, lowerCaseTags: true, lowerCaseAttributeNames: true },
  );
  parser.end(text);
  if (!isOpml) throw refused('it is no OPML');
  return feeds;
}

/** OPML 2.0, "Subscription lists": an outline of type rss is a feed, and only feeds have a site of their own. */
function isFeed(outline: ReadonlyMap<string, string>): boolean {
  return /^(?:rss|atom)/i.test(outline.get('type') ?? '') || outline.has('htmlurl');
}

/** OPML 2.0, category: paths with slashes, separated by commas. */
function lastSteps(categories = ''): readonly string[] {
  return categories.split(',', MAX_CATEGORIES).flatMap(
    (path) =>
      path
        .split('/')
        .map((step) => cleanText(step, NAME_CHARS))
        .findLast((step) => step !== '') ?? [],
  );
}

function refused(reason: string): ViaductError {
  return new ViaductError('parse/opml', `The list cannot be used: ${reason}.`);
}
