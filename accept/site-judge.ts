import { type DefaultTreeAdapterTypes, html, parse, serialize } from 'parse5';
import { isSafeAttribute, isSafeElement, violationsIn } from '../test/parse/html-oracle.ts';
import { parseStrictXml, type XmlElement } from '../test/publish/strict-xml.ts';
import { readFeed } from './feed-readings.ts';

type Node = DefaultTreeAdapterTypes.Node;
type Element = DefaultTreeAdapterTypes.Element;

/** The project's feeds among the files of its site. */
export const FEED = /(^|\/)(feed\.xml|atom\.xml|feed\.json)$/;
/** The page of an item; its id is the first group. */
const ITEM_PAGE = /^items\/([^/]+)\/[^/]+\/index\.html$/;

/** What the pages' own frame is made of, beyond what an article may hold. */
const FRAME_TAGS = new Set(
  'html head body meta title link style script svg path nav header main aside section article footer table input bdi details summary'.split(
    ' ',
  ),
);
const FRAME_ATTRIBUTES = new Set(
  'class id charset name content property type href value readonly tabindex hidden viewbox d http-equiv aria-label aria-labelledby aria-hidden aria-current scope'.split(
    ' ',
  ),
);

export interface JudgedFile {
  /** What is unsafe in it, [] for nothing. */
  readonly faults: readonly string[];
  /** Every address that it leads to or loads, as it stands, with the text of its link. */
  readonly links: readonly { readonly href: string; readonly text: string }[];
  /** Of a feed: each piece that a reader puts into a page. */
  readonly html: readonly string[];
}

/** Judges one file of the site that `viaduct build` writes: markup, addresses, and whether XML is well-formed. */
export function judgeFile(name: string, text: string): JudgedFile {
  try {
    if (name.endsWith('.html')) {
      const links = linksOf(text);
      return { links, html: [], faults: [...judgePage(text), ...unsafe(links, ['http:', 'https:', 'mailto:'])] };
    }
    const root = name.endsWith('.xml') ? parseStrictXml(text) : undefined;
    if (root && !FEED.test(name)) return ofAddresses(outlineAddresses(root), []);
    if (!FEED.test(name)) return ofAddresses([], []);
    const entries = readFeed(name, text);
    return ofAddresses(
      entries.flatMap(({ urls }) => urls),
      entries.flatMap((entry) => entry.html),
    );
  } catch (error) {
    return { faults: [String(error).slice(0, 120)], links: [], html: [] };
  }
}

function ofAddresses(addresses: readonly string[], pieces: readonly string[]): JudgedFile {
  const links = addresses.map((href) => ({ href, text: '' }));
  return { links, html: pieces, faults: [...pieces.flatMap(violationsIn), ...unsafe(links)] };
}

/** What is wrong with addresses: their scheme, or credentials in them. Those of our own site are relative. */
export function unsafe(
  links: readonly { readonly href: string }[],
  schemes: readonly string[] = ['http:', 'https:'],
): readonly string[] {
  return links.flatMap(({ href }) => {
    const url = URL.parse(href, 'https://site.example/');
    const isSafe = url && schemes.includes(url.protocol) && url.username === '' && url.password === '';
    return isSafe ? [] : [`unsafe address ${href}`];
  });
}

/** Items whose page does not show their title as the text that it is. */
export function judgeTitles(
  titles: readonly (readonly [id: string, title: string])[],
  files: readonly (readonly [name: string, text: string])[],
): readonly string[] {
  const pages = new Map(files.map(([name, text]) => [ITEM_PAGE.exec(name)?.[1] ?? name, text]));
  return titles.flatMap(([id, title]) => {
    const heading = allElements(parse(pages.get(id) ?? '')).find(({ tagName }) => tagName === 'h1');
    const shown = heading && textIn(heading);
    return shown === title ? [] : [`the title ${JSON.stringify(title)} is shown as ${JSON.stringify(shown)}`];
  });
}

/** Of one of our pages: its frame may hold more than an article, but one style sheet and no script that runs. */
function judgePage(text: string): readonly string[] {
  const elements = allElements(parse(text));
  const foreign = elements.filter(({ namespaceURI }) => namespaceURI !== html.NS.HTML);
  // The mark in the masthead is our own.
  const isMark = foreign.length <= 2 && foreign.every(({ tagName }) => ['svg', 'path'].includes(tagName));
  const isFrame = ({ tagName, attrs }: Element) =>
    (isSafeElement(tagName) || FRAME_TAGS.has(tagName)) &&
    attrs.every(({ name }) => isSafeAttribute(name) || FRAME_ATTRIBUTES.has(name.toLowerCase()));
  const scripts = elements.filter(({ tagName, attrs }) => tagName === 'script' && !attrs.some(isData));
  const bodies = elements.filter(({ attrs }) =>
    attrs.some(({ name, value }) => name === 'class' && value.split(' ').includes('e-content')),
  );
  return [
    ...(isMark ? [] : [`foreign <${foreign.map(({ tagName }) => tagName)}>`]),
    ...elements
      .filter((element) => !isFrame(element))
      .map((element) => serialize(element).slice(0, 80) || element.tagName),
    ...scripts.map(() => '<script>'),
    ...(elements.filter(({ tagName }) => tagName === 'style').length > 1 ? ['second <style>'] : []),
    ...bodies.flatMap((body) => violationsIn(serialize(body))),
  ];
}

const isData = ({ name, value }: { name: string; value: string }) => name === 'type' && value === 'application/ld+json';

function linksOf(page: string): JudgedFile['links'] {
  return allElements(parse(page)).flatMap((element) =>
    element.attrs
      .filter(({ name }) => ['href', 'src', 'cite', 'poster', 'action', 'formaction', 'srcset', 'data'].includes(name))
      .map(({ value }) => ({ href: value, text: textIn(element) })),
  );
}

function outlineAddresses({ attributes, children }: XmlElement): readonly string[] {
  const own = ['xmlUrl', 'htmlUrl', 'url'].flatMap((key) => attributes.get(key) ?? []);
  return [...own, ...children.flatMap(outlineAddresses)];
}

function allElements(node: Node): readonly Element[] {
  const own = 'tagName' in node ? [node] : [];
  const children = 'content' in node ? [...childrenOf(node), node.content] : childrenOf(node);
  return [...own, ...children.flatMap(allElements)];
}

function childrenOf(node: Node): readonly Node[] {
  return 'childNodes' in node ? node.childNodes : [];
}

function textIn(node: Node): string {
  return 'value' in node ? node.value : childrenOf(node).map(textIn).join('');
}
