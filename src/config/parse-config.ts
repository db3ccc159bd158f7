import path from 'node:path';
import { getNodeValue, type Node } from 'jsonc-parser';
import { ViaductError } from '../errors.ts';
import type { Config, Source } from '../model.ts';
import { categorySlug } from '../publish/links.ts';
import { describeIssues, formatPath } from './describe-issues.ts';
import { type JsonPath, readJsonc, type TextProblem } from './read-jsonc.ts';
import { type ReadSource, readSources } from './read-sources.ts';
import { type Feeds, feedsSchema } from './schema.ts';

const MAX_LISTED_PROBLEMS = 50;

/** One thing that needs fixing in feeds.json. Lines and columns count from 1. */
export interface ConfigProblem {
  readonly line: number;
  readonly column: number;
  /** `sources[3].url`; '' for the whole file. */
  readonly path: string;
  readonly message: string;
}

/** feeds.json cannot be used. The message lists every problem with its place and what was expected. */
export class ConfigError extends ViaductError {
  readonly problems: readonly ConfigProblem[];
  constructor(
    code: `config/${string}`,
    message: string,
    detail: { problems?: readonly ConfigProblem[]; cause?: unknown } = {},
  ) {
    super(code, message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.problems = detail.problems ?? [];
  }
}

export interface ParseOptions {
  /** Absolute path of feeds.json: `file:` addresses are relative to its folder. */
  readonly file: string;
  /** For site.url when it is not configured. */
  readonly port: number;
  /** For `${NAME}` in addresses. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The id that was made from each address when it was first met. */
  readonly knownIds?: ReadonlyMap<string, string>;
}

type PositionOf = (offset: number) => { line: number; column: number };

/** feeds.json as one complete, deeply frozen Config.
 *  @throws ConfigError 'config/invalid' with every problem at once; it repeats no address and nothing from the environment */
export function parseConfig(text: string, options: ParseOptions): Config {
  const json = text.replace(/^\ufeff/, '');
  const positionOf = createPositions(json);
  const document = readJsonc(json);
  const problems: TextProblem[] = [...document.problems];
  if (document.root !== undefined) {
    const root = asObject(document.root);
    const judged = feedsSchema.safeParse(getNodeValue(root));
    const read = readSources(root, options, (offset) => positionOf(offset).line);
    if (judged.success && problems.length === 0 && read.problems.length === 0) {
      return deepFreeze(complete(judged.data, read.sources, options));
    }
    if (!judged.success) for (const problem of describeIssues(judged.error.issues, root)) problems.push(problem);
    for (const problem of read.problems) problems.push(problem);
  }
  throw createError(problems, positionOf, options.file);
}

/** A bare list stands for the object that has it as its sources. */
function asObject(root: Node): Node {
  if (root.type !== 'array') return root;
  const at = { offset: root.offset, length: root.length };
  const key: Node = { type: 'string', value: 'sources', ...at };
  return { type: 'object', ...at, children: [{ type: 'property', ...at, children: [key, root] }] };
}

/** In a bare list a step into it is a step into its sources. */
function inFile(steps: JsonPath): JsonPath {
  return typeof steps[0] === 'number' ? ['sources', ...steps] : steps;
}

/** Of names that differ in spelling only ('AI', 'ai') the first one in the file stands for all. */
function createCategories(): (written: string | readonly string[] | undefined) => readonly string[] {
  const names = new Map<string, string>();
  return (written = []) => {
    const known = [written].flat().map((name) => {
      const slug = categorySlug(name);
      names.set(slug, names.get(slug) ?? name);
      return names.get(slug) ?? name;
    });
    return [...new Set(known)];
  };
}

function complete(feeds: Feeds, read: readonly ReadSource[], options: ParseOptions): Config {
  const { url, ...site } = feeds.site;
  const categoriesOf = createCategories();
  return {
    site: {
      ...site,
      url: url === undefined ? `http://localhost:${options.port}` : new URL(url).href.replace(/\/+$/, ''),
      urlIsConfigured: url !== undefined,
    },
    poll: feeds.poll,
    timezone: feeds.timezone,
    items: feeds.items,
    content: feeds.content,
    link: feeds.link,
    tallies: feeds.tallies,
    status: feeds.status,
    retentionDays: feeds.retentionDays,
    allow: feeds.allow,
    trustProxy: feeds.trustProxy,
    limits: feeds.limits,
    sources: feeds.sources.map((written, index) => {
      const { category, ...given } = typeof written === 'string' ? {} : written;
      return {
        content: feeds.content,
        poll: feeds.poll,
        timeoutSeconds: feeds.limits.timeoutSeconds,
        insecureTls: false,
        disabled: false,
        ...given,
        categories: categoriesOf(category),
        id: read[index]?.id ?? '',
        url: read[index]?.url ?? '',
        private: read[index]?.private ?? true,
        ...pickDerived(read[index]),
      };
    }),
  };
}

function pickDerived({ secrets, idFrom }: Partial<ReadSource> = {}): Pick<Source, 'secrets' | 'idFrom'> {
  return { ...(secrets !== undefined && { secrets }), ...(idFrom !== undefined && { idFrom }) };
}

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) if (typeof inner === 'object' && inner !== null) deepFreeze(inner);
  return Object.freeze(value);
}

/** Finds line and column, from 1, of an offset. Lines are counted at the first question: a good file asks none. */
function createPositions(text: string): PositionOf {
  let starts: readonly number[] | undefined;
  return (offset) => {
    starts ??= lineStarts(text);
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let offset = 0; offset < text.length; offset += 1) {
    const isBreak = text[offset] === '\n' || (text[offset] === '\r' && text[offset + 1] !== '\n');
    if (isBreak) starts.push(offset + 1);
  }
  return starts;
}

function createError(found: readonly TextProblem[], positionOf: PositionOf, file: string): ConfigError {
  // One place, one problem: what is said first is nearest to the cause.
  const first = new Map<number, TextProblem>();
  for (const problem of found) if (!first.has(problem.offset)) first.set(problem.offset, problem);
  const problems = [...first.values()]
    .sort((a, b) => a.offset - b.offset)
    .map(({ offset, path: steps, message }) => ({
      ...positionOf(offset),
      path: formatPath(inFile(steps)),
      message,
    }));
  const name = path.basename(file);
  const lines = problems
    .slice(0, MAX_LISTED_PROBLEMS)
    .map(
      ({ line, column, path: place, message }) =>
        `  ${name}:${line}:${column} ${place === '' ? '' : `${place}: `}${message}`,
    );
  if (problems.length > MAX_LISTED_PROBLEMS) lines.push(`  … and ${problems.length - MAX_LISTED_PROBLEMS} more`);
  const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
  return new ConfigError('config/invalid', [`${file}: ${count}`, ...lines].join('\n'), { problems });
}
