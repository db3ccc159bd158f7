import { spawnSync } from 'node:child_process';
import { SaxesParser } from 'saxes';

/** An element of a document that was read strictly; names carry the document's own prefixes. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: XmlElement[];
  /** Of this element alone. */
  text: string;
}

/** The root of a document; throws where it is not well-formed with namespaces (saxes stops at the first fault). */
export function parseStrictXml(xml: string): XmlElement {
  const top: XmlElement = { name: '', attributes: new Map(), children: [], text: '' };
  const open = [top];
  const parser = new SaxesParser({ xmlns: true });
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const pairs = Object.values(attributes).map((attribute) => [attribute.name, attribute.value] as const);
    const element: XmlElement = { name, attributes: new Map(pairs), children: [], text: '' };
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  parser.on('closetag', () => open.pop());
  const addText = (text: string) => {
    const element = open.at(-1);
    if (element) element.text += text;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.write(xml).close();
  const [root] = top.children;
  if (root === undefined) throw new Error('no root element');
  return root;
}

export const hasXmllint = spawnSync('xmllint', ['--version']).status === 0;

/** What xmllint, the second opinion, says against a document; '' when it is well-formed. */
export function askXmllint(xml: string): string {
  const { status, stderr } = spawnSync('xmllint', ['--noout', '--nonet', '-'], { input: xml, encoding: 'utf8' });
  return status === 0 ? '' : stderr || `xmllint: exit ${status}`;
}

export function childrenOf(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((child) => child.name === name);
}

export function textOf(element: XmlElement | undefined, name: string): string | undefined {
  return element?.children.find((child) => child.name === name)?.text;
}
