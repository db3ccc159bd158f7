import type { Node } from 'jsonc-parser';
import type * as z from 'zod';
import { closest } from './closest.ts';
import { findNode, type JsonPath, keyOffsetOf, type TextProblem } from './read-jsonc.ts';
import { KNOWN_KEYS } from './schema.ts';

/** More than anybody reads; a file of nonsense may have hundreds of thousands, and each takes memory and the search for what was meant. */
const MAX_DESCRIBED = 1000;

type Issue = z.core.$ZodIssue;

/** What the schema found, in words for people and with the place in the text: misspelt keys and values with what was probably
 *  meant, wrong types with what stands there. `root` is the tree that was judged. */
export function describeIssues(issues: readonly Issue[], root: Node): readonly TextProblem[] {
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
    // "uri" for "url" is one slip: that "url" is missing need not be said as well.
    if (isMissing && misspelt.has(JSON.stringify(path))) continue;
    const message = isMissing ? `missing; ${issue.message}` : describeValue(issue, node);
    described.push({ offset: node.offset, path, message });
  }
  return described;
}

/** A path as people write it: `sources[3].url`. '' for the whole file. A key that is none of ours may be a piece of an address: it
 *  shows as `["…"]` when it is no plain word. */
export function formatPath(path: JsonPath): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      if (!/^[A-Za-z_$][\w$-]{0,30}$/.test(step)) return '["…"]';
      return index === 0 ? step : `.${step}`;
    })
    .join('');
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

function describeUnknownKey(path: JsonPath, key: string, meant: string | undefined, root: Node): TextProblem {
  const offset = keyOffsetOf(findNode(root, [...path, key]).node);
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

function describeValue(issue: Issue, { value, type }: Node): string {
  if (issue.code === 'invalid_value' && typeof value === 'string') {
    const near = closest(value, issue.values.map(String));
    return near === undefined ? issue.message : `${issue.message}; did you mean "${near}"?`;
  }
  const isWrongKind = issue.code === 'invalid_type' || issue.code === 'invalid_union' || issue.code === 'invalid_value';
  if (!isWrongKind) return issue.message;
  const isQuoted = typeof value === 'string' && /^(-?\d+(\.\d+)?|true|false)$/.test(value);
  return `${issue.message}, not ${kindOf(type, value)}${isQuoted ? '; write it without quotes' : ''}`;
}

function kindOf(type: Node['type'], value: unknown): string {
  if (type === 'array') return 'a list';
  if (type === 'object') return 'an object';
  return type === 'string' ? 'a text' : String(value);
}
