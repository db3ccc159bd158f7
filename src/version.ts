import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';

/** The version in package.json, MAJOR.MINOR.PATCH. */
export const VERSION: string = (
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
).version;

/** Of this program as it lies there, and of what writes dates for it: another one may write other pages, also under one version. */
export function programHash(): string {
  const folder = new URL('.', import.meta.url);
  const hash = createHash('sha256').update(`${VERSION} ${process.version}`);
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.[jt]sx?$/.test(name));
  for (const name of names.sort()) hash.update(name).update(readFileSync(new URL(name, folder)));
  return hash.digest('base64url');
}
