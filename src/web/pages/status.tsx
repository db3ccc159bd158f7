import type { Instant, Source, SourceState } from '../../model.ts';
import { sourcePath } from '../../publish/links.ts';
import { whetherToAsk } from '../../schedule/schedule.ts';
import type { SourcesPage } from '../source-pages.ts';
import type { SourceView, View } from '../view.ts';
import { renderPage } from './layout.tsx';
import { numberedTitle, PAGES, SourceFilter, Turning } from './parts.tsx';
import { shownProblem, shownText, shownUrl } from './shown.ts';
import { counted, howLong, momentInWords } from './words.ts';

const PROBLEMS_SHOWN = 20;

/** Every poll in public: when each source was checked, the result, when it is checked next and why. */
export function statusPage(view: View, list: SourcesPage): string {
  const failing = view.sources.filter(({ state }) => state.problem !== undefined).length;
  return renderPage(
    view,
    {
      title: numberedTitle('Status', list),
      list,
      description: 'When each source was last checked, and the result.',
      path: '/status',
      isIndexed: false,
    },
    <main id="main" class="wrap one wide">
      <h1>Status</h1>
      <p class="ui soft">
        {counted(view.sourceCount, 'source')}, {failing === 0 ? 'none' : failing} with a problem;{' '}
        {counted(view.itemCount, 'item')}. As of <Moment at={view.now} view={view} />. For whoever runs this site:{' '}
        <a href="/status/feed.xml">what needs attention, as a feed</a>.
      </p>
      {(view.subscribers?.total() ?? 0) > 0 && (
        <p class="ui soft">
          {counted(view.subscribers?.total() ?? 0, 'subscriber')} to the feeds of this site, as far as feed readers
          report them. Every request to a source names this number.
        </p>
      )}
      <FeedsFile view={view} />
      <Notices view={view} />
      <SourceFilter path="/status" list={list} />
      {/* On a phone each row is a block; in between it may be too wide: what scrolls must be reachable by keyboard (WCAG 2.1.1). */}
      <section class="scroll" aria-label="Sources" tabindex={0}>
        <table class="tab ui">
          <thead>
            <tr>
              <th scope="col">Source</th>
              <th scope="col">Result</th>
              <th scope="col">Last checked</th>
              <th scope="col">Unchanged (304)</th>
              <th scope="col">Downloaded</th>
              <th scope="col">Next check</th>
            </tr>
          </thead>
          <tbody>
            {list.sources.map((about) => (
              <SourceRow about={about} view={view} />
            ))}
          </tbody>
        </table>
      </section>
      <Turning newer={list.previousHref} earlier={list.nextHref} words={PAGES} />
    </main>,
  );
}

/** What is wrong with feeds.json, and what the last edits of it did, newest first. */
function FeedsFile({ view }: { view: View }) {
  const { changes, broken } = view.feedsFile ?? { changes: [] };
  if (changes.length === 0 && broken === undefined) return null;
  return (
    <section class="block" aria-labelledby="ff">
      <h2 class="lab" id="ff">
        feeds.json
      </h2>
      <ul class="ui next">
        {broken !== undefined && (
          <li class="bad">
            {broken.message} Since <Moment at={broken.since} view={view} />, the previous list stays in use.
          </li>
        )}
        {broken?.problems.slice(0, PROBLEMS_SHOWN).map(({ line, column, path, message }) => (
          <li class="bad">
            {`Line ${line}, column ${column}${path === '' ? '' : `, ${path}`}: ${shownText(view, message)}`}
          </li>
        ))}
        {[...changes].reverse().map(({ at, message }) => (
          <li>
            <Moment at={at} view={view} /> {shownText(view, message)}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Notices({ view }: { view: View }) {
  if (view.notices.length === 0) return null;
  return (
    <section class="block" aria-labelledby="no">
      <h2 class="lab" id="no">
        Stored data
      </h2>
      <ul class="ui next">
        {view.notices.map(({ at, file, message }) => (
          <li class="bad">
            <Moment at={at} view={view} />, {file}: {shownText(view, message)}
          </li>
        ))}
      </ul>
    </section>
  );
}

function SourceRow({ about: { source, state, name, itemCount }, view }: { about: SourceView; view: View }) {
  const { asked, notModified, bytes } = state.counts;
  return (
    <tr>
      <th scope="row">
        <a href={sourcePath(source.id)}>
          <bdi>{shownText(view, name) || source.id}</bdi>
        </a>
        <small>{counted(itemCount, 'item')}</small>
      </th>
      <td>
        <Outcome source={source} state={state} view={view} />
      </td>
      <td>
        {state.askedAt === undefined ? (
          'never'
        ) : (
          <time datetime={state.askedAt}>{howLong(state.askedAt, view.now)}</time>
        )}
      </td>
      <td>{asked === 0 ? '–' : `${Math.round((100 * notModified) / asked)}% of ${asked.toLocaleString('en-US')}`}</td>
      <td>{bytes === 0 ? '–' : inKilobytes(bytes)}</td>
      <td>
        <Next source={source} state={state} view={view} />
      </td>
    </tr>
  );
}

/** 'in 3 h' and the reason that the poller itself gives. */
function Next({ source, state, view }: { source: Source; state: SourceState; view: View }) {
  const asks = whetherToAsk(source, state, view.hostWaits ?? [], view.now, { force: false });
  if (asks.ask) return <>due</>;
  if (asks.until === undefined) return <>never again</>;
  return (
    <>
      <time datetime={asks.until}>{howLong(asks.until, view.now)}</time>
      <small>{asks.reason}</small>
    </>
  );
}

function Outcome({ source, state, view }: { source: Source; state: SourceState; view: View }) {
  const { problem, failures, failingSince, gone, askedAt } = state;
  const movedTo = source.private ? undefined : shownUrl(view, state.movedTo);
  const redirectsTo = source.private ? undefined : shownUrl(view, state.redirect?.to);
  return (
    <>
      {problem !== undefined && <span class="bad">{shownProblem(view, source, problem.message)}</span>}
      {problem !== undefined && failingSince !== undefined && !gone && (
        <small>
          {failures > 1 && `${failures} times in a row, `}since <Moment at={failingSince} view={view} />
        </small>
      )}
      {problem === undefined && (askedAt === undefined ? 'not checked yet' : 'OK')}
      {state.limited !== undefined && <small class="bad">{state.limited.message}</small>}
      {movedTo !== undefined && <small>It has moved to {movedTo}: change its address in feeds.json.</small>}
      {redirectsTo !== undefined && (
        <small>
          It redirects to {redirectsTo} ({counted(state.redirect?.count ?? 0, 'time')} so far).
        </small>
      )}
      {source.insecureTls && <small class="bad">Its certificate is not checked (insecureTls).</small>}
    </>
  );
}

function Moment({ at, view }: { at: Instant; view: View }) {
  return <time datetime={at}>{momentInWords(at, view.config.timezone, view.now)}</time>;
}

function inKilobytes(bytes: number): string {
  if (bytes < 1_000_000) return `${Math.ceil(bytes / 1000)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
