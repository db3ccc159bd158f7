import { sourcePath } from '../../publish/links.ts';
import type { SourceView, View } from '../view.ts';
import { renderPage } from './layout.tsx';
import { counted, howLong, momentInWords } from './words.ts';

/** A public ledger of the polling: when each source was asked, how it went, when it is asked next and why. */
export function statusPage(view: View): string {
  const failing = view.sources.filter(({ state }) => state.problem !== undefined).length;
  return renderPage(
    view,
    { title: 'Status', description: 'When each source was asked, and how it went.', path: '/status', isIndexed: false },
    <main id="main" class="wrap list">
      <div class="one wide">
        <h1>Status</h1>
        <p class="ui soft">
          {counted(view.sources.length, 'source')}, {failing === 0 ? 'none' : failing} with a problem,{' '}
          {counted(view.itemCount, 'item')}. As of{' '}
          <time datetime={view.now}>{momentInWords(view.now, view.config.timezone)}</time>.
        </p>
        {view.notices.length > 0 && (
          <section class="block" aria-labelledby="no">
            <h2 class="lab" id="no">
              The store
            </h2>
            <ul class="ui">
              {view.notices.map(({ at, file, message }) => (
                <li class="bad">
                  <time datetime={at}>{momentInWords(at, view.config.timezone)}</time> {file}: {message}
                </li>
              ))}
            </ul>
          </section>
        )}
        <div class="scroll block">
          <table class="t ui">
            <thead>
              <tr>
                <th scope="col">Source</th>
                <th scope="col">Items</th>
                <th scope="col">Last asked</th>
                <th scope="col">Unchanged</th>
                <th scope="col">Fetched</th>
                <th scope="col">Next</th>
                <th scope="col">Problem</th>
              </tr>
            </thead>
            <tbody>
              {view.sources.map((about) => (
                <SourceRow about={about} view={view} />
              ))}
            </tbody>
          </table>
        </div>
      </div>
    </main>,
  );
}

function SourceRow({ about: { source, state, name, itemCount }, view }: { about: SourceView; view: View }) {
  const { asked, notModified, bytes } = state.counts;
  return (
    <tr>
      <th scope="row" dir="auto">
        <a href={sourcePath(source.id)}>{name}</a>
        {source.insecureTls && <span class="bad"> (its certificate is not checked)</span>}
      </th>
      <td>{itemCount}</td>
      <td>
        {state.askedAt === undefined ? (
          'never'
        ) : (
          <time datetime={state.askedAt}>{howLong(state.askedAt, view.now)}</time>
        )}
      </td>
      <td>{asked === 0 ? '–' : `${Math.round((100 * notModified) / asked)} %`}</td>
      <td>{inKilobytes(bytes)}</td>
      <td>{nextInWords(state, view)}</td>
      <td class="bad">
        {state.problem?.message}
        {state.problem !== undefined && state.failures > 1 && ` (${state.failures} times in a row)`}
        {state.movedTo !== undefined && !source.private && ` It moved to ${state.movedTo}: change it in feeds.json.`}
      </td>
    </tr>
  );
}

/** 'in 3 h: Retry-After' */
function nextInWords({ gone, notBefore, reason }: SourceView['state'], view: View): string {
  if (gone) return 'never: it says that it is gone (410)';
  if (notBefore === undefined || notBefore <= view.now) return 'due';
  return `${howLong(notBefore, view.now)}${reason === undefined ? '' : `: ${reason}`}`;
}

function inKilobytes(bytes: number): string {
  if (bytes < 1_000_000) return `${Math.ceil(bytes / 1000)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
