import path from 'node:path';
import { ViaductError } from '../errors.ts';
import type { Settings } from '../model.ts';
import { closest } from './closest.ts';

const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;

/** What the command line says of where it runs, as typed. */
export interface SettingFlags {
  readonly port?: string | undefined;
  readonly host?: string | undefined;
  readonly data?: string | undefined;
  readonly config?: string | undefined;
  readonly logLevel?: string | undefined;
}

/** The environment of this process. The only place where it is read. */
export function processEnvironment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}

/** Where viaduct runs: flags before PORT, HOST, VIADUCT_DATA, VIADUCT_CONFIG, VIADUCT_LOG_LEVEL and
 *  VIADUCT_METRICS before the defaults. An empty
 *  variable counts as none. Port 0 is any free one.
 *  @throws ViaductError 'usage/…' that names the flag or variable */
export function readSettings(
  flags: SettingFlags,
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): Settings {
  const setting = (flag: keyof SettingFlags, variable: string, standard: string): Setting => {
    if (flags[flag] !== undefined) return { name: `--${flag === 'logLevel' ? 'log-level' : flag}`, value: flags[flag] };
    return { name: variable, value: env[variable] || standard };
  };
  return {
    port: readPort(setting('port', 'PORT', '8080')),
    host: readHost(setting('host', 'HOST', '127.0.0.1')),
    dataDir: readPath(setting('data', 'VIADUCT_DATA', 'data'), cwd),
    configFile: readPath(setting('config', 'VIADUCT_CONFIG', 'feeds.json'), cwd),
    logLevel: readLogLevel(setting('logLevel', 'VIADUCT_LOG_LEVEL', 'info')),
    ...(areMetricsOpen(env.VIADUCT_METRICS) && { areMetricsOpen: true }),
  };
}

function areMetricsOpen(value: string | undefined): boolean {
  if (value === undefined || value === '' || value === 'local') return false;
  if (value === 'open') return true;
  throw new ViaductError('usage/metrics', 'VIADUCT_METRICS: expected local or open.');
}

interface Setting {
  /** As the user wrote it: `--port` or `PORT`. */
  readonly name: string;
  readonly value: string;
}

function readPort({ name, value }: Setting): number {
  if (/^\d{1,5}$/.test(value) && Number(value) <= 65_535) return Number(value);
  throw new ViaductError('usage/port', `${name}: expected a port number from 0 to 65535.`);
}

function readHost({ name, value }: Setting): string {
  const host = value.replace(/^\[(.*)\]$/, '$1');
  if (/^[\w.:%-]+$/.test(host)) return host;
  throw new ViaductError('usage/host', `${name}: expected an IP address or a host name, such as 127.0.0.1 or 0.0.0.0.`);
}

function readPath({ name, value }: Setting, cwd: string): string {
  if (value !== '' && !value.includes('\0')) return path.resolve(cwd, value);
  throw new ViaductError('usage/path', `${name}: expected a path.`);
}

function readLogLevel({ name, value }: Setting): Settings['logLevel'] {
  const level = LOG_LEVELS.find((known) => known === value.toLowerCase());
  if (level !== undefined) return level;
  const near = closest(value, LOG_LEVELS);
  const hint = near === undefined ? '' : `; did you mean "${near}"?`;
  throw new ViaductError('usage/log-level', `${name}: expected ${LOG_LEVELS.join(', ')}${hint}`);
}
