import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type DefaultTreeAdapterTypes, html, parse, serialize } from 'parse5';
import { ATTACKS } from './attack-cases.ts';

type Node = DefaultTreeAdapterTypes.Node;
type Element = DefaultTreeAdapterTypes.Element;

interface OracleOptions {
  readonly tags?: ReadonlySet<string>;
  readonly attrs?: ReadonlySet<string>;
  readonly whole?: boolean;
}

/** The collection's own judge of HTML: what is wrong with it, [] for nothing. */
export type Oracle = (html: string, options?: OracleOptions) => readonly string[];

/** What the pages' own frame is made of, beyond what an article may hold. */
const FRAME_TAGS =
  'html head body meta title link style script svg path nav header main aside section article footer table input bdi details summary'.split(
    ' ',
  );
const FRAME_ATTRS =
  'class id charset name content property type href value readonly tabindex hidden viewbox d http-equiv aria-label aria-labelledby aria-hidden aria-current scope'.split(
    ' ',
  );

export interface HtmlJudge {
  /** Of a piece of HTML that a reader puts into a page. */
  fragment: Oracle;
  /** Of one of our pages: its frame may hold more than an article, but one style sheet and no script that runs. */
  page(text: string): readonly string[];
}

/** Loads the collection's judge. */
export async function loadHtmlJudge(): Promise<HtmlJudge> {
  const oracle = (await import(pathToFileURL(path.join(ATTACKS, 'oracle.mjs')).href)) as {
    check: Oracle;
    TAGS: ReadonlySet<string>;
    ATTRS: ReadonlySet<string>;
  };
  const options = {
    whole: true,
    tags: new Set([...oracle.TAGS, ...FRAME_TAGS]),
    attrs: new Set([...oracle.ATTRS, ...FRAME_ATTRS]),
  };
  return {
    fragment: oracle.check,
    page(text) {
      const elements = allElements(parse(text));
      const foreign = elements.filter(({ namespaceURI }) => namespaceURI !== html.NS.HTML);
      // The mark in the masthead is our own.
      const isMark = foreign.length <= 2 && foreign.every(({ tagName }) => ['svg', 'path'].includes(tagName));
      const scripts = elements.filter(({ tagName }) => tagName === 'script');
      const bodies = elements.filter(({ attrs }) =>
        attrs.some(({ name, value }) => name === 'class' && value.split(' ').includes('e-content')),
      );
      return [
        ...oracle.check(text, options).filter((fault) => !(isMark && /^foreign <(svg|path)>$/.test(fault))),
        ...scripts.flatMap(({ attrs }) => (attrs.some(isData) ? [] : ['<script>'])),
        ...(elements.filter(({ tagName }) => tagName === 'style').length > 1 ? ['second <style>'] : []),
        ...bodies.flatMap((body) => oracle.check(serialize(body))),
      ];
    },
  };
}

const isData = ({ name, value }: { name: string; value: string }) => name === 'type' && value === 'application/ld+json';

/** Text of the first element of this name; undefined when there is none. */
export function textOfFirst(page: string, tagName: string): string | undefined {
  const found = allElements(parse(page)).find((element) => element.tagName === tagName);
  return found && textIn(found);
}

/** Every address that a page leads to or loads, as it stands, with the text of the element. */
export function linksOf(page: string): readonly { readonly href: string; readonly text: string }[] {
  return allElements(parse(page)).flatMap((element) =>
    element.attrs
      .filter(({ name }) => ['href', 'src', 'cite', 'poster', 'action', 'formaction', 'srcset', 'data'].includes(name))
      .map(({ value }) => ({ href: value, text: textIn(element) })),
  );
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
