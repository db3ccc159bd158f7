/** Loaded with --import: replaces the package named in STUBBED by one whose every export does nothing. */
import { register } from 'node:module';

const stubbed = process.env.STUBBED;

if (stubbed !== undefined) {
  // Calls, constructions and property reads of the stub all give the stub again, so that importing it never fails.
  const stub = `
    const nothing = new Proxy(function () {}, { get: (_, name) => name === 'then' ? undefined : name === Symbol.toPrimitive ? () => '' : nothing, apply: () => nothing, construct: () => nothing });
    export default nothing;
    export { nothing as Feed, nothing as Low, nothing as LowSync, nothing as Memory, nothing as schedule, nothing as createTask, nothing as validate, nothing as validateDetailed, nothing as parse };
  `;
  const hooks = `
    const stub = 'data:text/javascript,' + encodeURIComponent(${JSON.stringify(stub)});
    export async function resolve(specifier, context, next) {
      const isStubbed = specifier === ${JSON.stringify(stubbed)} || specifier.startsWith(${JSON.stringify(`${stubbed}/`)});
      return isStubbed ? { url: stub, shortCircuit: true } : next(specifier, context);
    }
  `;
  register(`data:text/javascript,${encodeURIComponent(hooks)}`);
}
