import { ConfigError, parseConfig } from '../../src/config/parse-config.ts';
import type { Config } from '../../src/model.ts';

/** Reads a feeds.json of the folder /srv/news. */
export function read(text: string, env: Readonly<Record<string, string>> = {}): Config {
  return parseConfig(text, { file: '/srv/news/feeds.json', port: 8080, env });
}

/** The error that a feeds.json comes to. Throws when it is right after all. */
export function refused(text: string, env: Readonly<Record<string, string>> = {}): ConfigError {
  try {
    read(text, env);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('this feeds.json was taken');
}

/** Its problems as `line:column path: message`. */
export function problems(text: string, env: Readonly<Record<string, string>> = {}): readonly string[] {
  return refused(text, env).problems.map(({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`);
}
