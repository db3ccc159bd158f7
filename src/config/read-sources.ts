import { findNodeAtLocation, type Node } from 'jsonc-parser';
import { createAddressGuard } from '../fetch/address-guard.ts';
import { secretPieces } from '../secrets.ts';
import { findNode, type JsonPath, type TextProblem } from './read-jsonc.ts';
import { type AddressContext, resolveAddress } from './resolve-address.ts';
import { MAX_ADDRESS_CHARACTERS } from './schema.ts';
import { addressKey, assignSourceIds } from './source-id.ts';

/** What a source's own words come to. */
export interface ReadSource {
  readonly id: string;
  /** Absolute. Undefined when the address cannot be used. */
  readonly url?: string;
  readonly private: boolean;
  /** What of a private address may appear nowhere. */
  readonly secrets?: readonly string[];
  /** Under what data/ remembers an id that was made from the address. */
  readonly idFrom?: string;
}

interface Written {
  readonly address: string;
  readonly id?: string;
  readonly remembered?: string;
  readonly private: boolean;
  readonly secrets?: readonly string[];
  readonly idFrom?: string;
  readonly url?: string;
  readonly problem?: string;
  /** Of the address and of the id, in the text and as paths. */
  readonly addressAt: Position;
  readonly idAt: Position;
}

interface Position {
  readonly offset: number;
  readonly path: JsonPath;
}

interface Surroundings extends Pick<AddressContext, 'file' | 'env'> {
  /** Ids that were made before, by addressKey. */
  readonly knownIds?: ReadonlyMap<string, string>;
}

/** Reads addresses and ids of all sources, also when other parts of the file are wrong, so that every problem is reported at once.
 *  What is no source at all is left to the schema. `lineOf` is for naming the other of two. */
export function readSources(
  root: Node,
  surroundings: Surroundings,
  lineOf: (offset: number) => number,
): { readonly sources: readonly ReadSource[]; readonly problems: readonly TextProblem[] } {
  const guard = createAddressGuard(textsOf(findNodeAtLocation(root, ['allow'])));
  const nodes = childrenOf(findNodeAtLocation(root, ['sources']));
  const written = nodes.flatMap((node, index) => readWritten(node, index, { ...surroundings, guard }) ?? []);
  const ids = assignSourceIds(written);
  const sources = written.map(({ url, private: isPrivate, secrets, idFrom }, index) => ({
    id: ids[index] ?? '',
    private: isPrivate,
    ...(url !== undefined && { url }),
    ...(secrets !== undefined && { secrets }),
    ...(idFrom !== undefined && { idFrom }),
  }));
  const unusable = written.flatMap(({ problem, addressAt }) =>
    problem === undefined ? [] : [{ ...addressAt, message: problem }],
  );
  return { sources, problems: [...unusable, ...findRepeated(written, ids, lineOf)] };
}

function readWritten(
  node: Node,
  index: number,
  context: Omit<AddressContext, 'isPrivate'> & Surroundings,
): Written | undefined {
  const path = ['sources', index];
  const at = (key: string): Position => {
    const found = findNode(node, [key]);
    return { offset: found.node.offset, path: found.depth === 1 ? [...path, key] : path };
  };
  const valueAt = (key: string): unknown => findNodeAtLocation(node, [key])?.value;
  const address = node.type === 'string' ? node.value : valueAt('url');
  if (typeof address !== 'string' || address.length > MAX_ADDRESS_CHARACTERS) return undefined;
  const id = valueAt('id');
  const marked = valueAt('private');
  const resolved = resolveAddress(address, { ...context, isPrivate: marked === true });
  const places = { addressAt: at('url'), idAt: at('id') };
  const base = { address, ...places, ...(typeof id === 'string' && { id }) };
  if ('problem' in resolved) return { ...base, private: marked === true, problem: resolved.problem };
  const isPrivate = marked === true || resolved.holdsPassword || (resolved.usesEnvironment && marked !== false);
  const { url } = resolved;
  const idFrom = addressKey({ address, url, private: isPrivate });
  const remembered = context.knownIds?.get(idFrom);
  return {
    ...base,
    private: isPrivate,
    url,
    ...(isPrivate && { secrets: secretPieces(address, url, context.env) }),
    ...(typeof id !== 'string' && { idFrom, ...(remembered !== undefined && { remembered }) }),
  };
}

/** The second of two sources with one address, or with one id. */
function findRepeated(
  written: readonly Written[],
  ids: readonly string[],
  lineOf: (offset: number) => number,
): readonly TextProblem[] {
  const problems: TextProblem[] = [];
  const byUrl = new Map<string, Written>();
  const byId = new Map<string, Written>();
  for (const [index, source] of written.entries()) {
    const id = ids[index] ?? '';
    const sameUrl = source.url === undefined ? undefined : byUrl.get(source.url);
    const sameId = byId.get(id);
    if (sameUrl) {
      problems.push({ ...source.addressAt, message: `the same address as ${named(sameUrl)}; expected it once` });
    } else if (source.url !== undefined) byUrl.set(source.url, source);
    if (sameId === undefined) byId.set(id, source);
    else if (!sameUrl || source.id !== undefined) {
      problems.push({
        ...source.idAt,
        message: `the same id as ${named(sameId)}; expected one of its own`,
      });
    }
  }
  return problems;

  function named({ addressAt }: Written): string {
    return `sources[${addressAt.path[1]}] on line ${lineOf(addressAt.offset)}`;
  }
}

function textsOf(node: Node | undefined): readonly string[] {
  return childrenOf(node)
    .map((item): unknown => item.value)
    .filter((value) => typeof value === 'string');
}

/** The items of a list; none of anything else. */
function childrenOf(node: Node | undefined): readonly Node[] {
  return node?.type === 'array' ? (node.children ?? []) : [];
}
