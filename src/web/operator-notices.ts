import { DAY_MS } from '../durations.ts';
import type { Instant } from '../model.ts';
import { noticeUrn } from '../publish/ids.ts';
import { sourcePath } from '../publish/links.ts';
import { type OperatorNotice, writeOperatorFeed } from '../publish/rss.ts';
import type { Store } from '../store/store.ts';
import { shownProblem, shownText, shownUrl } from './pages/shown.ts';
import type { SourceView, View } from './view.ts';

const FAILING_MS = 3 * DAY_MS;
const QUIET_MS = 90 * DAY_MS;
/** Fewer items say nothing of whether a source is needed. */
const MIN_ITEMS_TO_JUDGE = 10;

/** What needs the operator's attention, as a feed for a feed reader. */
export function operatorFeed(view: View, store: Pick<Store, 'site' | 'items'>): string {
  const notices = operatorNotices(view, {
    siteUuid: store.site.uuid,
    isKnownElsewhere: (id) => store.items.ofSource(id).every(({ via }) => via.length > 1),
  });
  const { title, url } = view.config.site;
  const updated = notices[0]?.at ?? store.site.created;
  return writeOperatorFeed({ title: `${title}: status`, page: `${url}/status`, updated, notices });
}

/** What the operator should look at now, newest first. The text says what can be done. `isKnownElsewhere` says whether every item of a
 *  source has another via as well. */
export function operatorNotices(
  view: View,
  about: { readonly siteUuid: string; isKnownElsewhere(sourceId: string): boolean },
): readonly OperatorNotice[] {
  const notices = [
    ...ofFeedsFile(view),
    ...ofStore(view),
    ...view.sources.flatMap((source) => ofSource(source, view, about)),
  ];
  return notices
    .map(({ key, path, ...notice }) => ({
      ...notice,
      id: noticeUrn(about.siteUuid, key),
      link: view.config.site.url + path,
    }))
    .sort((a, b) => (a.at < b.at ? 1 : -1));
}

interface Found {
  readonly key: string;
  readonly title: string;
  readonly text: string;
  readonly path: string;
  readonly at: Instant;
}

function ofFeedsFile({ feedsFile }: View): readonly Found[] {
  const broken = feedsFile?.broken;
  if (broken === undefined) return [];
  const [first] = broken.problems;
  const where = first ? ` Line ${first.line}, column ${first.column}: ${first.message.replace(/[.?!]$/, '')}.` : '';
  const text = `${broken.message}${where} The previous list stays in use until this is fixed; "viaduct check" lists every mistake.`;
  return [
    { key: `feeds.json ${broken.since}`, title: 'feeds.json cannot be used', text, path: '/status', at: broken.since },
  ];
}

function ofStore({ notices }: View): readonly Found[] {
  return notices.map(({ at, file, message }) => ({
    key: `store ${file} ${at}`,
    title: `Stored data: ${file}`,
    text: message,
    path: '/status',
    at,
  }));
}

function ofSource(
  about: SourceView,
  view: View,
  { isKnownElsewhere }: Pick<Parameters<typeof operatorNotices>[1], 'isKnownElsewhere'>,
): readonly Found[] {
  const { source, state, itemCount } = about;
  const { failingSince, problem, gone, movedTo, newEntryAt } = state;
  const nowMs = Date.parse(view.now);
  const name = shownText(view, about.name) || source.id;
  const of = (kind: string, at: Instant, title: string, text: string): Found => ({
    key: `${kind} ${source.id} ${at}`,
    title,
    text,
    path: sourcePath(source.id),
    at,
  });
  /** Of what has no date of its own: once for ever. */
  const lasting = (kind: string, title: string, text: string): Found => ({
    ...of(kind, state.newEntryAt ?? view.now, title, text),
    key: `${kind} ${source.id}`,
  });
  const found: Found[] = [];
  if (gone) {
    const advice =
      'Its server says that it is gone for good (410). It will not be checked again; remove it from feeds.json or give it a new address.';
    found.push(of('gone', failingSince ?? view.now, `${name} is gone`, advice));
  } else if (failingSince !== undefined && nowMs - Date.parse(failingSince) >= FAILING_MS) {
    const at = new Date(Date.parse(failingSince) + FAILING_MS).toISOString();
    const why = problem === undefined ? '' : shownProblem(view, source, problem.message);
    found.push(
      of(
        'failing',
        at,
        `${name} has failed for 3 days`,
        `${why} It will still be checked, but less and less often.`.trim(),
      ),
    );
  }
  const { limited } = state;
  if (limited !== undefined) {
    const more = 'What it lists is kept as far as the limits in feeds.json go; raise them, or take it out of the list.';
    found.push(lasting(limited.code, `${name} lists more than is kept`, `${limited.message} ${more}`));
  }
  const newAddress = source.private ? undefined : shownUrl(view, movedTo);
  if (newAddress !== undefined) {
    found.push(
      lasting(
        `moved ${newAddress}`,
        `${name} has moved`,
        `It is now read at ${newAddress}; change its address in feeds.json.`,
      ),
    );
  }
  if (!gone && newEntryAt !== undefined && nowMs - Date.parse(newEntryAt) >= QUIET_MS) {
    const at = new Date(Date.parse(newEntryAt) + QUIET_MS).toISOString();
    found.push(of('quiet', at, `${name} is quiet`, 'It answers, but has published nothing new for 90 days.'));
  }
  if (itemCount >= MIN_ITEMS_TO_JUDGE && isKnownElsewhere(source.id)) {
    const text = `Each of its ${itemCount} items also came from another source: it could be removed.`;
    found.push(lasting('redundant', `${name} carries nothing that others do not`, text));
  }
  return found;
}
