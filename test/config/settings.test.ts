import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { processEnvironment, readSettings } from '../../src/config/settings.ts';
import { ViaductError } from '../../src/errors.ts';

const DEFAULTS = {
  port: 8080,
  host: '127.0.0.1',
  dataDir: '/srv/news/data',
  configFile: '/srv/news/feeds.json',
  logLevel: 'info',
} as const;

const good: readonly {
  name: string;
  flags?: Parameters<typeof readSettings>[0];
  env?: Record<string, string>;
  changed: object;
}[] = [
  { name: 'everything has a default', changed: {} },
  {
    name: 'the environment says where',
    env: {
      PORT: '80',
      HOST: '0.0.0.0',
      VIADUCT_DATA: '/var/lib/v',
      VIADUCT_CONFIG: '../f.json',
      VIADUCT_LOG_LEVEL: 'Debug',
    },
    changed: { port: 80, host: '0.0.0.0', dataDir: '/var/lib/v', configFile: '/srv/f.json', logLevel: 'debug' },
  },
  {
    name: 'flags beat the environment, even a wrong one',
    flags: { port: '0', host: '::1', data: 'd', config: 'c/f.json', logLevel: 'silent' },
    env: { PORT: 'x', HOST: 'a b', VIADUCT_DATA: '/var/lib/v', VIADUCT_LOG_LEVEL: 'loud' },
    changed: { port: 0, host: '::1', dataDir: '/srv/news/d', configFile: '/srv/news/c/f.json', logLevel: 'silent' },
  },
  { name: 'an empty variable is none', env: { PORT: '', HOST: '', VIADUCT_DATA: '', VIADUCT_CONFIG: '' }, changed: {} },
  { name: 'an IPv6 host may stand in brackets', flags: { host: '[::1]' }, changed: { host: '::1' } },
];
for (const { name, flags = {}, env = {}, changed } of good) {
  test(`readSettings: ${name}`, () => assert.equal(readSettings(flags, env, '/srv/news'), { ...DEFAULTS, ...changed }));
}

const bad: readonly {
  name: string;
  flags?: Parameters<typeof readSettings>[0];
  env?: Record<string, string>;
  code: string;
  message: string;
}[] = [
  {
    name: 'a word as port',
    flags: { port: 'http' },
    code: 'usage/port',
    message: '--port: expected a port number from 0 to 65535.',
  },
  {
    name: 'a port too high',
    env: { PORT: '65536' },
    code: 'usage/port',
    message: 'PORT: expected a port number from 0 to 65535.',
  },
  {
    name: 'a port below 0',
    env: { PORT: '-1' },
    code: 'usage/port',
    message: 'PORT: expected a port number from 0 to 65535.',
  },
  {
    name: 'an address as host',
    env: { HOST: 'http://localhost' },
    code: 'usage/host',
    message: 'HOST: expected an IP address or a host name, such as 127.0.0.1 or 0.0.0.0.',
  },
  { name: 'an empty flag', flags: { data: '' }, code: 'usage/path', message: '--data: expected a path.' },
  {
    name: 'a level that does not exist',
    flags: { logLevel: 'warning' },
    code: 'usage/log-level',
    message: '--log-level: expected debug, info, warn, error, silent; did you mean "warn"?',
  },
  {
    name: 'a level in the environment',
    env: { VIADUCT_LOG_LEVEL: 'xyz' },
    code: 'usage/log-level',
    message: 'VIADUCT_LOG_LEVEL: expected debug, info, warn, error, silent',
  },
];
for (const { name, flags = {}, env = {}, code, message } of bad) {
  test(`readSettings: ${name} is refused with its name`, () => {
    let refused: unknown;
    try {
      readSettings(flags, env, '/srv/news');
    } catch (error) {
      refused = error;
    }
    assert.ok(refused instanceof ViaductError);
    assert.equal([refused.code, refused.message], [code, message]);
  });
}

test('processEnvironment: is that of this process', () => assert.is(processEnvironment().PATH, process.env.PATH));

test.run();
