/** Entities of one document that are read, characters of one, and how deep one may name others. */
const MAX_ENTITIES = 100;
const ENTITY_CHARS = 1000;
const MAX_NESTED = 2;
/** Characters that all references of one document may come to: 10 million references to 1,000 would be 10 GB. */
const MAX_EXPANDED = 1_000_000;

/** Those that XML 1.0 §4.6 knows by itself mean what they always mean. */
const PREDEFINED = new Set(['amp', 'lt', 'gt', 'quot', 'apos']);

const DECLARATION = /<!ENTITY\s+([\w.:-]+)\s+(?:"([^"]*)"|'([^']*)')\s*>/g;
const REFERENCE = /&([A-Za-z_:][\w.:-]*);/g;

/** Reads the internal subset of a document type that begins at `start` (its `[`): where its declaration ends, and what puts the
 *  values of its entities in the place of references to them. */
export function readSubset(document: string, start: number): { end: number; expand: (raw: string) => string } {
  const end = endOfSubset(document, start);
  return { end, expand: createExpander(document.slice(start, end)) };
}

/** Puts the values of entities that an internal subset declares (XML 1.0 §4.2.1) in place of references to them. Only plain
 *  text is taken: what holds markup, stands elsewhere (SYSTEM, PUBLIC) or is a parameter entity stays a reference. Other
 *  references, those to characters among them, are left for whoever decodes the text. */
function createExpander(subset: string): (raw: string) => string {
  const entities = new Map<string, string>();
  for (const [, name = '', double, single = ''] of subset.matchAll(DECLARATION)) {
    const value = double ?? single;
    const isTaken =
      !entities.has(name) && !PREDEFINED.has(name) && value.length <= ENTITY_CHARS && !value.includes('<');
    if (isTaken && entities.size < MAX_ENTITIES) entities.set(name, value);
  }
  if (entities.size === 0) return (raw) => raw;
  let room = MAX_EXPANDED;
  const expand = (raw: string, depth: number): string => {
    if (!raw.includes('&')) return raw;
    return raw.replace(REFERENCE, (reference, name: string) => {
      const value = entities.get(name);
      if (value === undefined || depth > MAX_NESTED || value.length > room) return reference;
      room -= value.length;
      return expand(value, depth + 1);
    });
  };
  return (raw) => expand(raw, 1);
}

/** Where the internal subset that begins at `start` (its `[`) and its declaration end; quoted strings and comments may
 *  hold anything. XML 1.0 §2.8. */
function endOfSubset(document: string, start: number): number {
  const mark = /["']|<!--|\]\s*>/g;
  mark.lastIndex = start;
  for (let found = mark.exec(document); found !== null; found = mark.exec(document)) {
    const [token] = found;
    if (token.startsWith(']')) return mark.lastIndex;
    const end = document.indexOf(token === '<!--' ? '-->' : token, mark.lastIndex);
    if (end < 0) return document.length;
    mark.lastIndex = end + 1;
  }
  return document.length;
}
