import type * as z from 'zod';
import { closest } from './closest.ts';
import type { JsonNode, JsonPath, TextProblem } from './read-jsonc.ts';
import { KNOWN_KEYS } from './schema.ts';

/** More than anybody reads; a file of nonsense may have hundreds of thousands, and each takes memory and the search for what was meant. */
const MAX_DESCRIBED = 1000;

type Issue = z.core.$ZodIssue;

/** What the schema found, in words for people and with the place in the text: misspelt keys and values with what was probably
 *  meant, wrong types with what stands there. `root` is the tree that was judged. */
export function describeIssues(issues: readonly Issue[], root: JsonNode): readonly TextProblem[] {
  const found = issues.slice(0, MAX_DESCRIBED).flatMap(openUnion);
  const misspelt = new Set<string>();
  const described = found.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') return [];
    const path = pathOf(issue);
    return issue.keys.slice(0, MAX_DESCRIBED).map((key) => {
      const meant = closest(key, keysAt(path));
      if (meant !== undefined) misspelt.add(JSON.stringify([...path, meant]));
      return describeUnknownKey(path, key, meant, root);
    });
  });
  for (const issue of found) {
    if (issue.code === 'unrecognized_keys') continue;
    const path = pathOf(issue);
    const { node, depth } = findNode(root, path);
    const isMissing = depth < path.length;
    // "uri" for "url" is one slip: that "url" is missing needs no telling.
    if (isMissing && misspelt.has(JSON.stringify(path))) continue;
    const message = isMissing ? `missing; ${issue.message}` : describeValue(issue, node);
    described.push({ offset: node.offset, path, message });
  }
  return described;
}

/** A path as people write it: `sources[3].url`. '' for the whole file. A key that is none of ours may be a piece of an address: it
 *  shows as `["…"]` when it is no plain word, and in a file whose quotation marks may be in the wrong place (`isBroken`). */
export function formatPath(path: JsonPath, isBroken: boolean): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      const isOurs = closest(step, ALL_KEYS) !== undefined;
      if (!/^[A-Za-z_$][\w$-]{0,30}$/.test(step) || (isBroken && !isOurs)) return '["…"]';
      return index === 0 ? step : `.${step}`;
    })
    .join('');
}

const ALL_KEYS = [...new Set([...KNOWN_KEYS.values()].flat())];

/** The deepest value on the path that stands in the text, and how many steps of the path lead to it. */
export function findNode(root: JsonNode, path: JsonPath): { node: JsonNode; depth: number } {
  let node = root;
  for (const [depth, step] of path.entries()) {
    const next = typeof step === 'number' ? node.items?.[step] : node.members?.get(step)?.node;
    if (next === undefined) return { node, depth };
    node = next;
  }
  return { node, depth: path.length };
}

/** A value that may be one of two kinds is judged as the kind that it has; as none of them if it has neither. */
function openUnion(issue: Issue): readonly Issue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const fitting = issue.errors.find(
    (branch) => !branch.some((inner) => inner.code === 'invalid_type' && inner.path.length === 0),
  );
  return fitting?.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] })) ?? [issue];
}

function pathOf(issue: Issue): JsonPath {
  return issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
}

/** The keys that the object at this path may have. */
function keysAt(path: JsonPath): readonly string[] {
  return KNOWN_KEYS.get(String(path[0] ?? '')) ?? [];
}

function describeUnknownKey(path: JsonPath, key: string, meant: string | undefined, root: JsonNode): TextProblem {
  const { node } = findNode(root, path);
  const offset = node.members?.get(key)?.keyOffset ?? node.offset;
  return { offset, path: [...path, key], message: `unknown key; ${adviceFor(path, key, meant)}` };
}

function adviceFor(path: JsonPath, key: string, meant: string | undefined): string {
  if (meant !== undefined) return `did you mean "${meant}"?`;
  const elsewhere = [...KNOWN_KEYS].find(([, keys]) => keys.includes(key))?.[0];
  if (elsewhere === '') return 'it belongs to the file as a whole, beside "sources"';
  if (elsewhere !== undefined) return `it belongs in "${elsewhere}"`;
  return `known here: ${keysAt(path)
    .filter((known) => known !== '$schema')
    .join(', ')}`;
}

function describeValue(issue: Issue, node: JsonNode): string {
  if (issue.code === 'invalid_value' && typeof node.value === 'string') {
    const near = closest(node.value, issue.values.map(String));
    return near === undefined ? issue.message : `${issue.message}; did you mean "${near}"?`;
  }
  const isWrongKind = issue.code === 'invalid_type' || issue.code === 'invalid_union' || issue.code === 'invalid_value';
  if (!isWrongKind) return issue.message;
  const isQuoted = typeof node.value === 'string' && /^(-?\d+(\.\d+)?|true|false)$/.test(node.value);
  return `${issue.message}, not ${kindOf(node.value)}${isQuoted ? '; write it without quotes' : ''}`;
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return String(value);
  return typeof value === 'string' ? 'a text' : 'an object';
}
