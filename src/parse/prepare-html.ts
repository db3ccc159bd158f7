import { Parser } from 'htmlparser2';
import { VOID_ELEMENTS } from './html-names.ts';
import { type Attributes, emojiOf, isHidden } from './html-tags.ts';
import { pictureKey, pictureOf, playerLink, sourceSetOf } from './pictures.ts';

/** What a text holds if there may be something to prepare in it. */
const WORTH_IT =
  /<(?:noscript|picture|iframe|embed|mfrac|annotation|amp-img)|display\s{0,9}:\s{0,9}none|visibility\s{0,9}:\s{0,9}hidden|mso-hide|max-height|\shidden[\s=/>]|aria-hidden/i;

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A picture or a player, as the text shows it. */
interface Exhibit extends Edit {
  readonly is: 'picture' | 'player';
  /** '' for a picture without an address. */
  readonly key: string;
  readonly isLate: boolean;
  /** Keeps the place of a picture, or shows little of it, until a script runs. */
  readonly isStandIn: boolean;
  readonly alt: string;
}

/** What stands in a <noscript>. */
interface Copies {
  readonly start: number;
  end: number;
  readonly exhibits: Exhibit[];
  /** The exhibit right before it, else the one right behind it. */
  beside: Exhibit | undefined;
}

/** An open element, and how much had been found when it began. */
interface Frame {
  readonly name: string;
  readonly attributes: Attributes;
  readonly contentStart: number;
  readonly start: number;
  readonly exhibits: number;
  readonly copies: number;
  readonly isPlayer: boolean;
  children: number;
}

/** `html` without what is hidden from readers and with what a browser would show them only by script, so that the
 *  sanitiser, which looks at one tag after the other, has nothing left to weigh: hidden elements and the sources of
 *  formulas go, the halves of a fraction are parted by "/", players become links, of each picture in a <noscript> and
 *  beside it one stays, and the <img> of a <picture> has its address. Elements that nothing ends hide nothing. */
export function prepareHtml(html: string, base: string | undefined): string {
  if (!WORTH_IT.test(html)) return html;
  const edits: Edit[] = [];
  const exhibits: Exhibit[] = [];
  const allCopies: Copies[] = [];
  const frames: Frame[] = [];
  let copies: Copies | undefined;
  /** The exhibit and the <noscript> with nothing but white space behind them so far. */
  let lastExhibit: Exhibit | undefined;
  let lastCopies: Copies | undefined;
  let pictureSet: string | undefined;
  let isOver = false;

  const addExhibit = (exhibit: Exhibit) => {
    if (copies !== undefined) {
      copies.exhibits.push(exhibit);
      return;
    }
    exhibits.push(exhibit);
    if (lastCopies !== undefined && lastCopies.beside === undefined) lastCopies.beside = exhibit;
    else lastExhibit = exhibit;
    lastCopies = undefined;
  };

  const openPicture = (name: string, attributes: Attributes, start: number, end: number) => {
    if (emojiOf(attributes) !== undefined) return;
    if (isHidden('img', attributes, true)) {
      edits.push({ start, end, text: '' });
      return;
    }
    const picture = pictureOf(attributes, base, pictureSet);
    const address = pictureSet === undefined ? undefined : picture?.url.replaceAll('&', '&amp;');
    const text = `<img${address === undefined ? '' : ` data-src="${address}"`}${html.slice(start + 1 + name.length, end)}`;
    if (text.length !== end - start) edits.push({ start, end, text });
    addExhibit({
      is: 'picture',
      start,
      end,
      text,
      key: picture === undefined ? '' : pictureKey(picture.url),
      isLate: picture?.isLate === true,
      isStandIn: picture === undefined || picture.isStandIn || PREVIEW.test(attributes.class ?? ''),
      alt: attributes.alt?.trim() ?? '',
    });
  };

  const openPlayer = (attributes: Attributes, start: number, end: number): boolean => {
    const link = frames.some(({ name }) => name === 'a') ? undefined : playerLink(attributes, base);
    if (link === undefined) return false;
    edits.push({ start, end, text: link.html });
    const about = { isLate: true, isStandIn: false, alt: '' };
    addExhibit({ is: 'player', start, end, text: link.html, key: link.url, ...about });
    return true;
  };

  const parser = new Parser({
    onopentag(name, attributes) {
      const { startIndex: start, endIndex } = parser;
      const contentStart = endIndex + 1;
      const found = { exhibits: exhibits.length, copies: allCopies.length };
      const parent = frames.at(-1);
      if (parent?.name === 'mfrac' && ++parent.children === 2) edits.push({ start, end: start, text: '/' });
      if (!PASSED_OVER.has(name)) {
        lastExhibit = undefined;
        lastCopies = undefined;
      }
      let isPlayer = false;
      if (name === 'noscript' && copies === undefined) {
        copies = { start, end: start, exhibits: [], beside: lastExhibit };
        lastExhibit = undefined;
      } else if (name === 'picture') pictureSet = undefined;
      else if (name === 'source' && parent?.name === 'picture') pictureSet ??= sourceSetOf(attributes);
      else if (name === 'img' || name === 'amp-img') openPicture(name, attributes, start, contentStart);
      else if (name === 'iframe' || name === 'embed') isPlayer = openPlayer(attributes, start, contentStart);
      frames.push({ name, attributes, start, contentStart, ...found, isPlayer, children: 0 });
    },
    ontext(text) {
      if (text.trim() === '') return;
      lastExhibit = undefined;
      lastCopies = undefined;
    },
    onclosetag(name, isImplied) {
      const frame = frames.pop();
      if (frame === undefined) return;
      const end = isImplied ? parser.startIndex : parser.endIndex + 1;
      if (name === 'picture') pictureSet = undefined;
      if (name === 'noscript' && copies?.start === frame.start) {
        if (isOver) {
          edits.push({ start: frame.start, end: frame.contentStart, text: '' });
          exhibits.push(...copies.exhibits);
        } else {
          copies.end = end;
          allCopies.push(copies);
          lastCopies = copies;
        }
        copies = undefined;
        return;
      }
      if (isOver || VOID_ELEMENTS.has(name)) return;
      if (frame.isPlayer) edits.push({ start: frame.contentStart, end, text: '' });
      const hasPicture = exhibits.length > frame.exhibits;
      if (name.startsWith('annotation') || isHidden(name, frame.attributes, hasPicture)) {
        lastExhibit = undefined;
        lastCopies = undefined;
        exhibits.length = frame.exhibits;
        allCopies.length = frame.copies;
        edits.push({ start: frame.start, end, text: '' });
      }
    },
  });
  parser.write(html);
  isOver = true;
  parser.end();
  return applyEdits(html, [...edits, ...chosenCopies(allCopies, exhibits)]);
}

/** Between a picture and its copy. */
const PASSED_OVER = new Set(['noscript', 'picture', 'source', 'img', 'amp-img', 'canvas']);

const PREVIEW = /(?:^|[\s_-])(?:preview|placeholder|blur|lqip)/i;

/** Each <noscript> replaced by what of it is shown nowhere else; the stand-ins of that go. */
function chosenCopies(allCopies: readonly Copies[], exhibits: readonly Exhibit[]): Edit[] {
  const edits: Edit[] = [];
  const shown = new Set(exhibits.filter(({ isStandIn }) => !isStandIn).map(({ key }) => key));
  for (const { start, end, exhibits: copies, beside } of allCopies) {
    let text = '';
    for (const copy of copies) {
      if (copy.key === '' || shown.has(copy.key)) continue;
      const original = copy === copies[0] && beside?.is === copy.is ? beside : undefined;
      // The same in another size.
      if (original?.isLate && !original.isStandIn) continue;
      const isPreview = original?.isStandIn || (original !== undefined && copy.alt !== '' && copy.alt === original.alt);
      if (isPreview && original !== undefined) edits.push({ ...original, text: '' });
      shown.add(copy.key);
      text += copy.text;
    }
    edits.push({ start, end, text });
  }
  return edits;
}

/** The edits made. What stands in a longer one is gone; of several for one place, insertions come first, then the last,
 *  which knew most. */
function applyEdits(html: string, edits: readonly Edit[]): string {
  let edited = '';
  let from = 0;
  const isLong = ({ start, end }: Edit) => Number(end > start);
  const ordered = [...edits].reverse().sort((a, b) => a.start - b.start || isLong(a) - isLong(b));
  for (const { start, end, text } of ordered) {
    if (start < from) continue;
    edited += html.slice(from, start) + text;
    from = end;
  }
  return edited + html.slice(from);
}
