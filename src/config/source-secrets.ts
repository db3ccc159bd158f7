import { decodePercent, parseUrl } from '../parse-url.ts';
import { looksRandom } from './looks-random.ts';

/** Shorter pieces are no secret that could be told from ordinary words; they are kept as parts of the whole address only. */
const MIN_PIECE_CHARACTERS = 6;

/** The pieces of a private source's address that may appear nowhere on their own, as they are and decoded: passwords, what `${NAME}`
 *  stands for, values of parameters, and long random parts of its path. */
export function secretPieces(
  written: string,
  url: string,
  env: Readonly<Record<string, string | undefined>>,
): string[] {
  const parsed = parseUrl(url);
  const fromEnvironment = [...written.matchAll(/\$\{([^}]*)\}/g)].map(([, name = '']) =>
    Object.hasOwn(env, name) ? env[name] : undefined,
  );
  const pathParts = parsed?.pathname.split('/').filter((part) => looksRandom(part) || looksRandom(bare(part))) ?? [];
  const pieces = [
    ...fromEnvironment,
    parsed?.password,
    ...(parsed?.searchParams.values() ?? []),
    ...(parsed?.search.slice(1).split('&') ?? []).map((pair) => pair.slice(pair.indexOf('=') + 1)),
    ...pathParts.flatMap((part) => [part, bare(part)]),
  ];
  const all = pieces.flatMap((piece) =>
    piece === undefined ? [] : [piece, decodePercent(piece), encodeURIComponent(piece)],
  );
  return [...new Set(all)].filter((piece) => piece.length >= MIN_PIECE_CHARACTERS).sort((a, b) => b.length - a.length);
}

/** A file name without its extension. */
function bare(part: string): string {
  return part.replace(/\.[a-z0-9]{2,5}$/i, '');
}
