import { connect } from 'node:net';
import { ConfigError, parseConfig } from '../src/config/parse-config.ts';
import { createAddressGuard } from '../src/fetch/address-guard.ts';
import type { CheckedTarget, OpenSocket } from '../src/fetch/connector.ts';
import { FetchError } from '../src/fetch/fetcher.ts';
import { createHttpFetcher } from '../src/fetch/http-fetcher.ts';
import { withServer } from '../test/helpers/http-server.ts';
import { hostileCases } from './collection/cases.ts';
import { withHostileServers } from './hostile-servers.ts';
import type { Check, Report } from './report.ts';
import { DAY_MS, withSimulation } from './simulation.ts';

export const check: Check = {
  title: 'nothing that a feed or a redirect says makes viaduct reach an address that is not public',
  async run(report) {
    await checkInternalTargets(report);
    await checkNames(report);
    await checkCollection(report);
  },
};

const PUBLIC = '93.184.215.14';
/** Every kind of address that is not public unicast, in every way of writing it. */
const INTERNAL_HOSTS = [
  ...['127.0.0.1', '127.1', '2130706433', '0x7f.1', '0177.0.0.1', '１２７.0.0.1', 'localhost', 'localhost.'],
  ...['0.0.0.0', '10.0.0.1', '172.16.0.1', '192.168.1.1', '169.254.169.254', '100.64.0.1', '192.0.0.8', '192.0.2.1'],
  ...['198.18.0.1', '198.51.100.1', '203.0.113.1', '224.0.0.1', '240.0.0.1', '255.255.255.255'],
  ...[
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:a9fe:a9fe]',
    '[::127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '[64:ff9b:1::1]',
  ],
  ...['[2002:7f00:1::]', '[2001:0:7f00:1::]', '[2001:db8::1]', '[fd00::1]', '[fe80::1]', '[fec0::1]', '[ff02::1]'],
];
const OTHER_SCHEMES = [
  'file:///etc/passwd',
  'ftp://127.0.0.1/x',
  'data:text/xml,<rss/>',
  'gopher://127.0.0.1:1/_x',
  'javascript:1',
];

/** Redirects to internal addresses; as sources, feeds.json itself refuses them. */
async function checkInternalTargets(report: Report): Promise<void> {
  const targets = [...INTERNAL_HOSTS.map((host) => `http://${host}:81/`), ...OTHER_SCHEMES];
  const addresses = INTERNAL_HOSTS.filter((host) => !host.startsWith('localhost'));
  const accepted = addresses.filter(isAccepted);
  report.none('internal addresses that feeds.json accepts', accepted);
  const sockets = watchSockets();
  await withServer(
    ({ url = '' }, response) =>
      response.writeHead(302, { location: encodeURI(targets[Number(url.slice(1))] ?? '/') }).end(),
    async (server) => {
      const sources = targets.map((_, at) => ({ id: `redirect-${at}`, url: `${server.url}/${at}` }));
      const allowed = `${server.host}:${server.port}`;
      const settings = { allow: [allowed], limits: { perHost: 8 } };
      await withSimulation({ sources, settings, openSocket: sockets.open }, async (simulation) => {
        await simulation.pass();
        const codes = sources.map(({ id }) => simulation.state(id).problem?.code);
        const unrefused = sources.filter((_, at) => !isRefusal(codes[at])).map(({ url }) => url);
        report.figure('redirects to internal addresses and other schemes', sources.length, '> 40', sources.length > 40);
        report.none('not refused', unrefused);
        const others = sockets.targets().filter((target) => target !== allowed);
        report.none('connections begun to them', others);
      });
    },
  );
}

function isAccepted(host: string): boolean {
  try {
    parseConfig(JSON.stringify([`http://${host}:81/`]), { file: 'feeds.json', port: 0, env: {} });
    return true;
  } catch (error) {
    if (error instanceof ConfigError) return false;
    throw error;
  }
}

/** A name server that lies: another answer at the second look-up, or an internal address among public ones. */
async function checkNames(report: Report): Promise<void> {
  const answers = [[PUBLIC], ['127.0.0.1']];
  const rebinding = await askByName((call) => answers[call] ?? ['127.0.0.1']);
  report.figure(
    'rebinding: addresses connected to',
    rebinding.connected.join(' '),
    PUBLIC,
    rebinding.connected.join() === PUBLIC,
  );
  report.equal('rebinding: look-ups for one connection', rebinding.lookups, 1);
  const second = await askByName(() => ['127.0.0.1']);
  report.equal('a name with an internal address', second.code, 'fetch/refused-address');
  const both = await askByName(() => [PUBLIC, '10.0.0.1']);
  report.equal('a name with a public and an internal address', both.code, 'fetch/refused-address');
  const begun = second.connected.length + both.connected.length;
  report.none('connections begun for these two', begun);
}

async function askByName(addressesAt: (call: number) => readonly string[]) {
  let lookups = 0;
  const connected: string[] = [];
  const fetch = createHttpFetcher({
    guard: createAddressGuard([]),
    maxBodyBytes: 1_000_000,
    userAgent: () => 'viaduct',
    clock: Date.now,
    resolve: async () => {
      const found = addressesAt(lookups).map((address) => ({ address, family: 4 }));
      lookups += 1;
      return found;
    },
    openSocket({ addresses }) {
      connected.push(...addresses.map(({ address }) => address));
      return nowhere();
    },
  });
  const request = { url: 'http://feeds.example.com/', timeoutSeconds: 2, insecureTls: false };
  const code = await fetch(request).then(
    () => 'an answer',
    (error: unknown) => (error instanceof FetchError ? error.code : String(error)),
  );
  await fetch.close();
  return { code, lookups, connected };
}

/** Everything of the collections that leads somewhere: redirects, hubs, style sheets, DTDs, entities, autodiscovery. */
async function checkCollection(report: Report): Promise<void> {
  const telling = /no-canary|no-ssrf|no-local-file|no-auth-leak/;
  const cases = hostileCases().filter(
    ({ id, expected }) => id.startsWith('redirect-') || expected.oracles?.some((oracle) => telling.test(oracle)),
  );
  const sockets = watchSockets();
  await withHostileServers(cases, async (bad) => {
    const sources = cases.map((one, at) => ({ id: `s${at}`, url: bad.urlOf(one), content: 'full' }));
    const settings = { allow: bad.allow, limits: { perHost: 8 } };
    await withSimulation({ sources, settings, openSocket: sockets.open }, async (simulation) => {
      for (let poll = 0; poll < 3; poll += 1) {
        await simulation.pass();
        simulation.wait(2 * DAY_MS);
      }
    });
    const log = await bad.log();
    const asked = new Set(log.filter(({ on }) => on === 'main').map(({ id }) => id));
    const touched = log.filter(({ on }) => on === 'canary').map(({ url }) => url);
    report.figure('cases asked', asked.size, `${cases.length}`, asked.size >= cases.length);
    report.none('requests to the canaries', touched);
    const others = sockets.targets().filter((target) => !bad.allow.includes(target));
    report.none('connections begun to other addresses', others);
  });
}

/** Connects to 127.0.0.1 only, and remembers where it was to connect to. */
function watchSockets(): { readonly open: OpenSocket; targets(): readonly string[] } {
  const seen = new Set<string>();
  return {
    open({ addresses, port }: CheckedTarget) {
      for (const { address } of addresses) seen.add(`${address}:${port}`);
      return addresses.every(({ address }) => address === '127.0.0.1') ? connect(port, '127.0.0.1') : nowhere();
    },
    targets: () => [...seen],
  };
}

/** A port of loopback that nobody listens on. */
const nowhere = () => connect(1, '127.0.0.1');

/** A name may also be unknown to this machine ('localhost.'). */
function isRefusal(code: string | undefined): boolean {
  return ['fetch/refused-address', 'fetch/redirect-refused', 'fetch/dns'].includes(code ?? '');
}
