/** A page as a browser reads it. */
import { type DefaultTreeAdapterMap, parse } from 'parse5';

type Node = DefaultTreeAdapterMap['node'];
type Element = DefaultTreeAdapterMap['element'];

interface PageElement {
  readonly tag: string;
  readonly attributes: ReadonlyMap<string, string>;
  /** Of all that is in it, white space folded. */
  readonly text: string;
  readonly within: readonly string[];
}

export interface ReadPage {
  readonly elements: readonly PageElement[];
  all(tag: string, attributes?: Readonly<Record<string, string>>): readonly PageElement[];
  /** @throws when there is not exactly one */
  one(tag: string, attributes?: Readonly<Record<string, string>>): PageElement;
  /** Of the body, white space folded. */
  readonly text: string;
}

export function readPage(html: string): ReadPage {
  const elements: PageElement[] = [];
  const visit = (node: Node, within: readonly string[]): void => {
    if ('tagName' in node) elements.push(describe(node, within));
    if (!('childNodes' in node)) return;
    const inner = 'tagName' in node ? [...within, node.tagName] : within;
    for (const child of node.childNodes) visit(child, inner);
  };
  visit(parse(html), []);
  const all: ReadPage['all'] = (tag, attributes = {}) =>
    elements.filter(
      (element) =>
        element.tag === tag &&
        Object.entries(attributes).every(([name, value]) => element.attributes.get(name) === value),
    );
  return {
    elements,
    all,
    one(tag, attributes) {
      const found = all(tag, attributes);
      const [only] = found;
      if (found.length !== 1 || !only) throw new Error(`${found.length} of ${tag} ${JSON.stringify(attributes)}`);
      return only;
    },
    text: all('body')[0]?.text ?? '',
  };
}

function describe(element: Element, within: readonly string[]): PageElement {
  return {
    tag: element.tagName,
    attributes: new Map(element.attrs.map(({ name, value }) => [name, value])),
    text: textOf(element).replace(/\s+/g, ' ').trim(),
    within,
  };
}

function textOf(node: Node): string {
  if ('value' in node) return node.value;
  return 'childNodes' in node ? node.childNodes.map(textOf).join('') : '';
}
