import type { Facts } from './facts.ts';
import { areTextsAlike, areTitlesAlike, isGenericTitle } from './likeness.ts';
import { hasFragment } from './url-keys.ts';

/** One rule by which an item of a document is one of its source's entries. */
export interface MatchStep {
  readonly name: string;
  /** What both must share a value of. */
  readonly keys: (facts: Facts) => readonly string[];
  /** Whether the shared value is enough. */
  readonly accepts: (listed: Facts, known: Facts) => boolean;
  /** Its keys are at hand, so that all kept entries can be asked; the other rungs ask the newest. */
  readonly isCheap?: true;
  /** The shared value must belong to one item and one entry only: weak evidence picks no one out of several. It also
   *  bounds the work: 1,000 items of one title are not compared with 2,000 entries of that title. */
  readonly isUnique?: true;
  /** Says that the old one went away, so the document must be whole. */
  readonly isAboutVanished?: true;
}

/** The rungs, strongest first; each places all it can before the next one runs. */
export const MATCH_STEPS: readonly MatchStep[] = [
  {
    // Among items that are alike in all ways that the rungs below look at, each stays what it was.
    name: 'unchanged',
    keys: ({ signature }) => [signature],
    accepts: (listed, known) => listed.text === known.text && (listed.date === known.date || !isNameless(listed)),
  },
  {
    // The only thing that publishers keep through edits; a counter that starts again is the one exception.
    name: 'guid',
    keys: ({ guids }) => guids,
    isCheap: true,
    accepts: (listed, known) => !isReused(listed, known),
  },
  {
    name: 'link',
    keys: ({ links }) => links,
    isCheap: true,
    accepts: (listed, known) =>
      listed.guids.length === 0 ||
      known.guids.length === 0 ||
      areTitlesAlike(listed.title, known.title) ||
      areTextsAlike(listed.text, known.text) ||
      isSameDate(listed, known),
  },
  { name: 'guid as URL', keys: ({ guidKeys }) => guidKeys, accepts: () => true },
  {
    name: 'guid as URL, weakly, and title',
    keys: ({ weakGuidKeys }) => weakGuidKeys,
    accepts: isSameTitle,
    isUnique: true,
  },
  {
    name: 'link, weakly, and title',
    keys: ({ weakLinks }) => weakLinks,
    // Two anchors of one page are two items.
    accepts: (listed, known) =>
      isSameTitle(listed, known) && !(listed.links.some(hasFragment) && known.links.some(hasFragment)),
    isUnique: true,
  },
  {
    name: 'path on another host and title',
    keys: ({ paths }) => paths,
    accepts: (listed, known) =>
      isSameTitle(listed, known) &&
      (isSameDate(listed, known) ||
        (!isGenericTitle(listed.title) && (areUndated(listed, known) || areTextsAlike(listed.text, known.text)))),
    isUnique: true,
  },
  {
    name: 'enclosure and title',
    keys: ({ enclosures }) => enclosures,
    accepts: (listed, known) =>
      isSameTitle(listed, known) ||
      (isNameless(listed) && isNameless(known) && (isSameDate(listed, known) || isOneUndated(listed, known))),
    isUnique: true,
  },
  {
    name: 'title, date and text',
    keys: titleAndDate,
    accepts: (listed, known) =>
      areTextsAlike(listed.text, known.text) && (listed.date !== undefined || !isGenericTitle(listed.title)),
    isUnique: true,
    isAboutVanished: true,
  },
  {
    name: 'neither guid nor link: title, and date or text',
    keys: (facts) => (isNameless(facts) ? [...titleAndDate(facts), ...titleOnly(facts)] : []),
    accepts: (listed, known) =>
      isSameDate(listed, known) ||
      (isOneUndated(listed, known) && (listed.text === known.text || areTextsAlike(listed.text, known.text))),
    isUnique: true,
  },
  {
    name: 'neither guid nor link: text, and date unless undated',
    keys: (facts) => (isNameless(facts) ? [facts.date ?? facts.text ?? ''] : []),
    accepts: (listed, known) =>
      areTextsAlike(listed.text, known.text)
        ? listed.title === '' || known.title === '' || areTitlesAlike(listed.title, known.title)
        : listed.text === known.text && listed.title === known.title,
    isUnique: true,
  },
];

function isReused(listed: Facts, known: Facts): boolean {
  const differs = [
    listed.links.length > 0 && known.links.length > 0 ? !sharesAny(listed.links, known.links) : undefined,
    listed.title !== '' && known.title !== '' ? !areTitlesAlike(listed.title, known.title) : undefined,
    listed.text !== undefined && known.text !== undefined ? !areTextsAlike(listed.text, known.text) : undefined,
    listed.date !== undefined && known.date !== undefined ? listed.date !== known.date : undefined,
  ].filter((difference) => difference !== undefined);
  return differs.length >= 3 && differs.every(Boolean);
}

function isNameless({ guids, links }: Facts): boolean {
  return guids.length === 0 && links.length === 0;
}

function isSameTitle(a: Facts, b: Facts): boolean {
  return a.title !== '' && a.title === b.title;
}

function isSameDate(a: Facts, b: Facts): boolean {
  return a.date !== undefined && a.date === b.date;
}

function areUndated(a: Facts, b: Facts): boolean {
  return a.date === undefined && b.date === undefined;
}

function isOneUndated(a: Facts, b: Facts): boolean {
  return a.date === undefined || b.date === undefined;
}

function titleOnly({ title }: Facts): readonly string[] {
  return title === '' ? [] : [title];
}

/** Undated ones share a value, too. */
function titleAndDate({ title, date }: Facts): readonly string[] {
  return title === '' ? [] : [`${title}\n${date ?? ''}`];
}

function sharesAny(a: readonly string[], b: readonly string[]): boolean {
  return a.some((value) => b.includes(value));
}
