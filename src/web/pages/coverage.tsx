import { raw } from 'hono/html';
import { publisherOf } from '../../identity/publisher.ts';
import type { Reason } from '../../items/item-index.ts';
import type { Item, Via } from '../../model.ts';
import { firstWords } from '../../publish/excerpt.ts';
import { type OwnWords, ownWordsOf } from '../../publish/own-words.ts';
import type { View } from '../view.ts';
import { foreign, ViaLink, ViaName } from './parts.tsx';
import { discussionOf, policyOf, shownHtml, shownText, shownUrl } from './shown.ts';
import { hostOf, listInWords, momentInWords, numberInWords } from './words.ts';

/** Sources whose words are shown; of more the names. */
const WORDS_SHOWN = 20;
const CARRIERS_NAMED = 8;
const NAMES_IN_REASON = 4;

/** What the other sources say of the article, each in its own words, and the names of those who only carry it. */
export function Coverage({ item, view }: { item: Item; view: View }) {
  const words = ownWordsOf(item);
  const said = item.via
    .flatMap((via) => {
      const own = words.get(via.source);
      return own && policyOf(view, own.entry) !== 'title' ? [{ via, own }] : [];
    })
    .slice(0, WORDS_SHOWN);
  const tellers = new Set(said.map(({ via }) => via));
  const isNamed = (via: Via) => (via.source === item.body.source ? pointsAt(item, via, view) : !tellers.has(via));
  const carriers = item.via.filter(isNamed);
  if (said.length + carriers.length === 0) return null;
  const isAll = carriers.some(({ source }) => source === item.body.source);
  const [covered, carried] = isAll ? ['Covered by', 'Carried by'] : ['Also covered by', 'Also carried by'];
  return (
    <section class="cov" id="coverage" aria-labelledby="cv">
      <h2 class="lab" id="cv">
        {said.length > 0 ? covered : carried}
      </h2>
      {said.length > 0 && (
        <ol class="said">
          {said.map(({ via, own }) => (
            <li>
              <p class="ui">
                <Place via={via} view={view} />
                {discussionOf(view, item, via) !== undefined && ' · '}
                <Discuss item={item} via={via} view={view} />
              </p>
              <Words own={own} view={view} />
            </li>
          ))}
        </ol>
      )}
      {carriers.length > 0 && (
        <p class="ui next">
          {said.length > 0 && `${carried} `}
          {carriers.slice(0, CARRIERS_NAMED).map((via, at) => (
            <>
              {at > 0 && (at === carriers.length - 1 ? ' and ' : ', ')}
              <Place via={via} view={view} />
            </>
          ))}
          {carriers.length > CARRIERS_NAMED && (
            <>
              {' and '}
              <a href="#why">{carriers.length - CARRIERS_NAMED} more</a>
            </>
          )}
        </p>
      )}
      <Discussions item={item} vias={carriers.slice(0, CARRIERS_NAMED)} view={view} />
    </section>
  );
}

/** Where those who say nothing of their own discuss it. */
function Discussions({ item, vias, view }: { item: Item; vias: readonly Via[]; view: View }) {
  const links = vias.filter((via) => discussionOf(view, item, via) !== undefined);
  if (links.length === 0) return null;
  return (
    <p class="ui soft">
      {links.map((via, at) => (
        <>
          {at > 0 && ' · '}
          <Discuss item={item} via={via} view={view} />
        </>
      ))}
    </p>
  );
}

/** Whether the source whose text is shown is not the article's publisher: then the way to its own page, and to where its readers
 *  discuss the article, is nowhere else. */
function pointsAt(item: Item, via: Via, view: View): boolean {
  const hasPage = item.entries.some(({ source, viaUrl }) => source === via.source && viaUrl !== undefined);
  const publisher = publisherOf(item.url);
  return [hasPage ? via.url : undefined, via.discussion].some(
    (url) => shownUrl(view, url) !== undefined && publisherOf(url) !== publisher,
  );
}

/** The name, leading to the source's own page for the article. */
export function Place({ via, view }: { via: Via; view: View }) {
  const href = shownUrl(view, via.url);
  if (href === undefined) return <ViaLink via={via} view={view} />;
  return (
    <a href={href} rel="external">
      <ViaName via={via} view={view} />
    </a>
  );
}

function Discuss({ item, via, view }: { item: Item; via: Via; view: View }) {
  const href = discussionOf(view, item, via);
  if (href === undefined) return null;
  return (
    <a href={href} rel="external">
      Discuss on {hostOf(href)}
    </a>
  );
}

function Words({ own: { entry, text }, view }: { own: OwnWords; view: View }) {
  if (policyOf(view, entry) === 'full' && entry.html !== undefined) {
    return (
      <div class="body" {...foreign(entry, view)}>
        {raw(shownHtml(view, entry.html))}
      </div>
    );
  }
  return <p {...foreign(entry, view)}>{shownText(view, firstWords(text))}</p>;
}

/** 'Why is this here?': which sources carry it and since when, and what shows that their entries are one article. */
export function Why({ item, view }: { item: Item; view: View }) {
  const nameOf = (sourceId: string) => {
    const name = item.via.find(({ source }) => source === sourceId)?.name;
    return shownText(view, name ?? '') || sourceId;
  };
  return (
    <details class="why ui" id="why">
      <summary>Why is this here?</summary>
      <ul>
        {item.via.map(({ source, firstSeen }) => (
          <li>
            Listed in <bdi>{nameOf(source)}</bdi>, first seen there{' '}
            <time datetime={firstSeen}>{momentInWords(firstSeen, view.config.timezone, view.now)}</time>.
          </li>
        ))}
        {groupReasons(view.reasons(item)).map((group, at, groups) => (
          <li>{shownText(view, reasonInWords(group, groups[at - 1], item.via.length, nameOf))}</li>
        ))}
      </ul>
    </details>
  );
}

/** Sources that one piece of evidence makes one. */
interface ReasonGroup extends Pick<Reason, 'words' | 'shared'> {
  readonly sources: readonly string[];
  /** Those of them that no stronger evidence has joined before. */
  readonly fresh: readonly string[];
}

/** The pairs of one value together, strongest first, and of these only as many as it takes to join all. */
function groupReasons(reasons: readonly Reason[]): readonly ReasonGroup[] {
  const groups = new Map<string, { reason: Reason; sources: Set<string> }>();
  for (const reason of reasons) {
    const key = JSON.stringify([reason.words, reason.shared]);
    const group = groups.get(key) ?? { reason, sources: new Set() };
    for (const { source } of reason.entries) group.sources.add(source);
    groups.set(key, group);
  }
  const joinedWith = new Map<string, Set<string>>();
  return [...groups.values()].flatMap(({ reason: { words, shared }, sources }) => {
    const before = [...sources].map((source) => joinedWith.get(source) ?? new Set([source]));
    if (new Set(before).size < 2) return [];
    const together = new Set(before.flatMap((some) => [...some]));
    const fresh = [...sources].filter((source) => !joinedWith.has(source));
    for (const source of together) joinedWith.set(source, together);
    return [{ words, shared, sources: [...sources], fresh }];
  });
}

/** 'All five link to openweights.example/licence', then 'Null Result’s link is nearly that, with the same title'. */
function reasonInWords(
  { words, shared, sources, fresh }: ReasonGroup,
  before: ReasonGroup | undefined,
  count: number,
  nameOf: (source: string) => string,
): string {
  const named = (some: readonly string[]) => listInWords(some.map(nameOf), NAMES_IN_REASON);
  const all =
    sources.length === count && count > 2 ? `All ${numberInWords(count)}` : `${count === 2 ? 'Both' : named(sources)}`;
  switch (words) {
    case 'the same link':
      return `${all} link to ${shared}`;
    case 'nearly the same link, and the same title':
      if (before && fresh.length > 0 && fresh.length < sources.length) {
        return fresh.length === 1
          ? `${named(fresh)}’s link is nearly that, with the same title: ${shared}`
          : `The links of ${named(fresh)} are nearly that, with the same title: ${shared}`;
      }
      return `${all} link to nearly the same page, with the same title: ${shared}`;
    case 'the same global guid, and a similar title':
      return `${all} give it the same id, and a similar title: ${shared}`;
    case 'the same enclosure, and the same title':
      return `${all} attach the same file, under the same title: ${shared}`;
    default:
      return `${all} have ${words}: ${shared}`;
  }
}
