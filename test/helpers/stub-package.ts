/** Loaded with --import: replaces the package named in STUBBED by one whose every export does nothing. */
import { register } from 'node:module';

const stubbed = process.env.STUBBED;

if (stubbed !== undefined) {
  // Calls, constructions and property reads of the stub all give the stub again, so that importing it never fails.
  const makeStub = `(() => {
    const nothing = new Proxy(function () {}, { get: (_, name) => name === 'then' ? undefined : name === Symbol.toPrimitive ? () => '' : nothing, apply: () => nothing, construct: () => nothing });
    return nothing;
  })()`;
  const names = ['Feed', 'Low', 'LowSync', 'Memory', 'schedule', 'createTask', 'validate', 'validateDetailed', 'parse'];
  const stub = `const nothing = ${makeStub}; export default nothing; export { ${names.map((name) => `nothing as ${name}`).join(', ')} };`;
  const hooks = `
    const stub = 'data:text/javascript,' + encodeURIComponent(${JSON.stringify(stub)});
    export async function resolve(specifier, context, next) {
      const isStubbed = specifier === ${JSON.stringify(stubbed)} || specifier.startsWith(${JSON.stringify(`${stubbed}/`)});
      return isStubbed ? { url: stub, shortCircuit: true } : next(specifier, context);
    }
  `;
  register(`data:text/javascript,${encodeURIComponent(hooks)}`);
}
