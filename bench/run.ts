/** npm run bench -- NAME…: what is measured, each against its peers in one interleaved run. Without a name: the list. Numbers are
 *  the sizes that growth is measured at. */
const BENCHES: Readonly<Record<string, () => Promise<void>>> = {
  dedupe: async () => (await import('./dedupe-commands.ts')).benchDedupe(),
  freshness: async () => (await import('./freshness.ts')).benchFreshness(),
  growth: async () => (await import('./growth.ts')).benchGrowth(sizes.length > 0 ? sizes : undefined),
  identity: async () => (await import('./identity.ts')).benchIdentity(),
  parse: async () => (await import('./parse.ts')).benchParse(),
  poll: async () => (await import('./poll.ts')).benchPoll(),
  publish: async () => (await import('./publish.ts')).benchPublish(),
  serve: async () => (await import('./serve.ts')).benchServe(),
  store: async () => (await import('./store.ts')).benchStore(),
};

const sizes = process.argv
  .slice(2)
  .map(Number)
  .filter((size) => size > 0);
const names = process.argv.slice(2).filter((name) => !(Number(name) > 0));
const unknown = names.filter((name) => !Object.hasOwn(BENCHES, name));
if (names.length === 0 || unknown.length > 0) {
  console.log(`npm run bench -- NAME…   with NAME of: ${Object.keys(BENCHES).join(', ')}`);
  process.exitCode = unknown.length > 0 ? 2 : 0;
} else {
  for (const name of names) {
    console.log(`# ${name}`);
    await BENCHES[name]?.();
  }
}
