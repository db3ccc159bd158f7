/** Our fixed prefix for a namespace; '' is RSS of every version, CDF and no namespace at all, '?' one we do not know. */
export type Prefix = string;

/** Namespace names as written by publishers → our prefix. Compared without scheme, case, and trailing / or #:
 *  half of the feeds that get them wrong do it there. */
const PREFIXES = new Map<string, Prefix>([
  // RSS 1.0 §5.1, RSS 0.90, and names that authors of RSS 2.0 tools once gave it
  ['purl.org/rss/1.0', ''],
  ['purl.org/rss/1.0/modules/rss091', ''],
  ['my.netscape.com/rdf/simple/0.9', ''],
  ['channel.netscape.com/rdf/simple/0.9', ''],
  ['my.netscape.com/publish/formats/rss-0.91.dtd', ''],
  ['backend.userland.com/rss2', ''],
  ['backend.userland.com/rss', ''],
  ['backend.userland.com/rss091', ''],
  ['backend.userland.com/rss092', ''],
  ['blogs.law.harvard.edu/tech/rss', ''],
  ['cyber.law.harvard.edu/rss', ''],
  ['www.w3.org/2005/atom', 'atom'],
  ['purl.org/atom/ns', 'atom'],
  ['example.com/newformat', 'atom'],
  ['necho.sourceforge.net/pie', 'atom'],
  ['purl.org/pie', 'atom'],
  ['www.w3.org/1999/02/22-rdf-syntax-ns', 'rdf'],
  ['purl.org/dc/elements/1.0', 'dc'],
  ['purl.org/dc/elements/1.1', 'dc'],
  ['purl.org/dc/terms', 'dcterms'],
  ['purl.org/rss/1.0/modules/content', 'content'],
  ['purl.org/rss/1.0/modules/syndication', 'sy'],
  ['search.yahoo.com/mrss', 'media'],
  ['tools.search.yahoo.com/mrss', 'media'],
  ['video.search.yahoo.com/mrss', 'media'],
  ['www.itunes.com/dtds/podcast-1.0.dtd', 'itunes'],
  ['example.com/dtds/podcast-1.0.dtd', 'itunes'],
  ['www.google.com/schemas/play-podcasts/1.0', 'googleplay'],
  ['podcastindex.org/namespace/1.0', 'podcast'],
  ['github.com/podcastindex-org/podcast-namespace/blob/main/docs/1.0.md', 'podcast'],
  ['rssnamespace.org/feedburner/ext/1.0', 'feedburner'],
  ['www.w3.org/1999/xhtml', 'xhtml'],
  ['www.w3.org/2000/svg', 'svg'],
  ['www.w3.org/1998/math/mathml', 'math'],
  ['www.w3.org/xml/1998/namespace', 'xml'],
]);

/** What the prefixes of a document mean at one place in it; '' is the default namespace. Namespaces in XML 1.0 §6. */
export type Scope = ReadonlyMap<string, Prefix>;

/** The scope around a document: well-known prefixes mean what they always mean, for those who forget to declare them. */
export const OUTER_SCOPE: Scope = new Map(['xml', ...PREFIXES.values()].map((prefix) => [prefix, prefix]));

/** `outer` and one declaration more. `isUnknownDefaultOurs`: an unknown default namespace counts as RSS, because tools
 *  give the root of an RSS 2.0 document names of their own invention. */
export function declare(outer: Scope, prefix: string, namespace: string, isUnknownDefaultOurs: boolean): Scope {
  const own = namespaceToPrefix(namespace) ?? (prefix === '' && isUnknownDefaultOurs ? '' : '?');
  return new Map(outer).set(prefix, own);
}

function namespaceToPrefix(namespace: string): Prefix | undefined {
  const name = namespace.trim().toLowerCase();
  if (name === '') return '';
  return PREFIXES.get(name.replace(/^https?:\/\//, '').replace(/[/#]{1,2}$/, ''));
}
