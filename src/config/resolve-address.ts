import { isIP } from 'node:net';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type AddressGuard, portOf } from '../fetch/address-guard.ts';
import { parseUrl } from '../parse-url.ts';

/** What an address in feeds.json is read with. */
export interface AddressContext {
  /** Absolute path of feeds.json. */
  readonly file: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of the file's own `allow`. */
  readonly guard: AddressGuard;
  /** Whether the source is marked private: then not even its host may be named. */
  readonly isPrivate: boolean;
}

/** An address that can be asked, or why not. The words never repeat an address, nor what the environment holds. */
export type ResolvedAddress =
  | {
      /** Absolute: http(s) without a fragment, or file:. */
      readonly url: string;
      /** Whether it holds a password or something from the environment. */
      readonly holdsPassword: boolean;
      readonly usesEnvironment: boolean;
    }
  | {
      readonly problem: string;
      /** It would do if its host stood in `allow`. */
      readonly isClosed?: true;
    };

/** Fills in `${NAME}`, resolves `file:` against the folder of feeds.json and refuses what can never be asked. */
export function resolveAddress(written: string, context: AddressContext): ResolvedAddress {
  const filled = fillIn(written, context.env);
  if ('problem' in filled) return filled;
  const { address, usesEnvironment } = filled;
  const where = usesEnvironment ? ', once the environment is filled in' : '';
  // URL parsers drop tabs and line ends silently, so that the address asked would not be the one that is seen.
  if (/[\s\u0000-\u001f\u007f]/.test(address)) return { problem: `expected an address without spaces in it${where}` };
  if (/^file:/i.test(address)) return { ...resolveFile(address, context.file), usesEnvironment, holdsPassword: false };
  if (!/^https?:\/\//i.test(address))
    return { problem: `expected an address that begins with http:// or https://${where}` };
  const url = parseUrl(address);
  if (!url) return { problem: `expected an address with a host that can be read${where}` };
  const holdsPassword = url.username !== '' || url.password !== '';
  if (isClosed(url, context.guard)) {
    const mayName = !context.isPrivate && !usesEnvironment && !holdsPassword;
    const [host, entry] = mayName ? [url.hostname, `"${url.host}"`] : ['its host', 'it'];
    return {
      problem: `${host} is not on the public Internet; if it is yours, add ${entry} to "allow"`,
      isClosed: true,
    };
  }
  url.hash = '';
  return { url: url.href, usesEnvironment, holdsPassword };
}

/** Whether the host is an IP address that will never be connected to. Names are judged when they are looked up. */
function isClosed(url: URL, guard: AddressGuard): boolean {
  const address = url.hostname.replace(/^\[|\]$/g, '');
  return isIP(address) !== 0 && !guard.permits({ hostname: url.hostname, address, port: portOf(url) });
}

function fillIn(
  written: string,
  env: AddressContext['env'],
): { address: string; usesEnvironment: boolean } | { problem: string } {
  let problem: string | undefined;
  let usesEnvironment = false;
  const address = written.replace(/\$\{([^}]*)(\}?)/g, (_, name: string, end: string) => {
    usesEnvironment = true;
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    if (end === '' || !/^[A-Za-z_]\w{0,99}$/.test(name))
      problem ??= 'expected the name of an environment variable in the braces after $';
    else if (value === undefined || value === '') problem ??= `the environment variable ${name} is not set`;
    return value ?? '';
  });
  return problem === undefined ? { address, usesEnvironment } : { problem };
}

/** A path that its URL keeps inside the folder of feeds.json. Links inside the folder are followed when the file is read. */
function resolveFile(address: string, configFile: string): { url: string } | { problem: string } {
  const problem = 'expected "file:" and a path inside the folder of feeds.json, such as "file:welcome/welcome.xml"';
  const relative = address.slice('file:'.length);
  const folder = pathToFileURL(path.join(path.dirname(configFile), path.sep));
  const url = /^[/\\]|^[a-z][a-z0-9+.-]*:|[?#]/i.test(relative) ? undefined : parseUrl(relative, folder.href);
  if (!url?.href.startsWith(folder.href) || url.href.endsWith('/')) return { problem };
  try {
    // Throws at an encoded slash, which would be a way out of the folder that the URL does not show.
    return fileURLToPath(url).includes('\0') ? { problem } : { url: url.href };
  } catch {
    return { problem };
  }
}
