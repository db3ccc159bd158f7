import type { Person } from '../model.ts';
import type { Value } from './document-reader.ts';
import { titleToText } from './html-text.ts';
import { MAX_AUTHORS, NAME_CHARS } from './limits.ts';
import { cleanText } from './plain-text.ts';
import { resolveUrl } from './urls.ts';

const EMAIL = /[^\s<>()[\],;:"@]{1,64}@[^\s<>()[\],;:"@]{1,190}/;

/** Authors, each once, in the order given: Atom's person construct (RFC 4287 §3.2), RSS's `address (name)`, Dublin Core's
 *  plain names. */
export function peopleOf(values: readonly Value[], base: string | undefined): Person[] {
  const people = values.map((value) => personOf(value, base)).filter((person) => person !== undefined);
  return distinctPeople(people);
}

/** The authors of an atom:source element: RFC 4287 §4.2.11. */
export function peopleInSource({ parts }: Value): Person[] {
  return parts.flatMap(({ local, text }) => (local === 'name' && toPerson(text, undefined, undefined)) || []);
}

/** `people` without repetitions; a name or an address that one has and the other lacks is joined. */
export function distinctPeople(people: readonly Person[]): Person[] {
  const distinct: Person[] = [];
  for (const person of people) {
    const index = distinct.findIndex((other) => isSamePerson(other, person));
    if (index < 0) distinct.push(person);
    else distinct[index] = { ...person, ...distinct[index] };
  }
  return distinct.slice(0, MAX_AUTHORS);
}

/** A person from what a publisher says of it; undefined when nothing is left. */
export function toPerson(
  name: string | undefined,
  email: string | undefined,
  url: string | undefined,
): Person | undefined {
  const cleanName = titleToText(name ?? '', NAME_CHARS);
  const address = email === undefined ? undefined : EMAIL.exec(cleanText(email, NAME_CHARS))?.[0];
  const person = {
    ...(cleanName !== '' && { name: cleanName }),
    ...(address !== undefined && { email: address }),
    // The authors of a feed are repeated in each of its entries.
    ...(url !== undefined && url.length <= NAME_CHARS && { url }),
  };
  return Object.keys(person).length === 0 ? undefined : person;
}

function personOf({ element, parts, text }: Value, base: string | undefined): Person | undefined {
  const part = (...names: string[]) =>
    parts.find(({ local, text }) => names.includes(local) && text.trim() !== '')?.text;
  if (parts.length > 0) {
    const url = resolveUrl(part('uri', 'url', 'homepage')?.trim(), element.base ?? base);
    const person = toPerson(part('name'), part('email'), url);
    if (person !== undefined) return person;
  }
  return parsePerson(text);
}

/** "me@example.com (My Name)", "My Name <me@example.com>", "me@example.com", "My Name". RSS 2.0 <author>, RFC 822 §6.1. */
function parsePerson(written: string): Person | undefined {
  const text = htmlToAddress(written);
  const email = text.includes('@') ? EMAIL.exec(text)?.[0] : undefined;
  if (email === undefined) return toPerson(text, undefined, undefined);
  const name = text
    .replace(email, ' ')
    .replace(/mailto:|[<>()"]|\[at\]/gi, ' ')
    .replace(/^[\s,;:-]+|[\s,;:-]+$/g, '');
  return toPerson(name, email, undefined);
}

/** `<me@example.com>` is no tag; everything else that looks like one is. */
function htmlToAddress(written: string): string {
  const text = cleanText(written, NAME_CHARS * 2);
  return text.replace(/<([^<>\s]{1,260}@[^<>\s]{1,260})>/g, '($1)');
}

function isSamePerson(a: Person, b: Person): boolean {
  if (a.email !== undefined && b.email !== undefined)
    return a.email === b.email && (a.name ?? b.name) === (b.name ?? a.name);
  return a.name !== undefined && a.name === b.name;
}
