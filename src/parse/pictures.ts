import type { Attributes } from './html-tags.ts';
import { escapeText } from './plain-text.ts';
import { resolveUrl } from './urls.ts';

/** What an <img> shows. */
export interface Picture {
  /** Absolute http(s). */
  readonly url: string;
  /** Whether a script would have put it there. */
  readonly isLate: boolean;
  /** Whether it only keeps the place of another one. */
  readonly isStandIn: boolean;
}

/** Where scripts that load pictures and frames late find the address: data-src, data-lazy-src, data-cfsrc … */
const LATE =
  /^data-(?!(?:.*-)?(?:thumb|thumbnail|small|low|placeholder|fallback|poster|preview|blur)-)(?:[\w-]+-)?(?:lazy|cf|ez)?src$/;
/** The same, of pictures alone. */
const LATE_PICTURE = /^data-(?:original|lazy|lazyload|echo|delayed-url|hi-res|(?:img|image)(?:-url)?)$/;
const LATE_SET = /^data-(?:[\w-]+-)?(?:srcset|original-set)$/;

/** The name of a file that only keeps the place of a picture, without its extension. */
const STAND_IN =
  /^(?:.*[\W_])?(?:blank|spacer|placeholder|transparent|1x1|loading|loader|lazy(?:load)?)(?:[\W_].*)?$|^(?:1px|pixel|clear|empty|dummy|trans|gr[ae]y|white|dot)$/i;

/** The widest candidate of a srcset that is shown; widths in pixels. */
const MAX_WIDTH = 1600;
/** A candidate for a screen of one dot a pixel. */
const SINGLE_WIDTH = 800;
const SET_CHARS = 16_384;

/** The picture of an <img> with these attributes: what a script would load, else `src`, else the best of `srcset`; a
 *  stand-in only if there is nothing else. `set` is the srcset of the <picture> around. Undefined for none. */
export function pictureOf(attributes: Attributes, base: string | undefined, set?: string): Picture | undefined {
  const late = lateAddress(attributes, base, LATE_PICTURE) ?? bestOf(lateSet(attributes), base);
  if (late !== undefined) return { url: late, isLate: true, isStandIn: false };
  const own = addressOf(attributes.src, base);
  if (own !== undefined && !isStandIn(own)) return { url: own, isLate: false, isStandIn: false };
  const other = bestOf(attributes.srcset, base) ?? bestOf(set, base);
  if (other !== undefined) return { url: other, isLate: false, isStandIn: false };
  return own === undefined ? undefined : { url: own, isLate: false, isStandIn: true };
}

/** The srcset of a <source> (HTML §4.8.2), also of one that a script would fill in. */
export function sourceSetOf(attributes: Attributes): string | undefined {
  return lateSet(attributes) ?? attributes.srcset;
}

/** The address of what a frame, a video or the like plays: what a script would load, else `src`. */
export function frameAddress(attributes: Attributes, base: string | undefined): string | undefined {
  return lateAddress(attributes, base) ?? addressOf(attributes.src, base);
}

/** An address that leads anywhere; an empty one, or a fragment, would be the page itself. */
export function addressOf(written: string | undefined, base: string | undefined): string | undefined {
  return written === undefined || /^\s*(?:#|$)/.test(written) ? undefined : resolveUrl(written, base);
}

function lateAddress(attributes: Attributes, base: string | undefined, other?: RegExp): string | undefined {
  for (const name in attributes) {
    if (!name.startsWith('data-') || !(LATE.test(name) || other?.test(name))) continue;
    // `data-lazy="true"`, and what a template left unfilled.
    const written = attributes[name] ?? '';
    const url = /[./]/.test(written) && !/[{}]/.test(written) ? addressOf(written, base) : undefined;
    if (url !== undefined) return url;
  }
  return undefined;
}

function lateSet(attributes: Attributes): string | undefined {
  for (const name in attributes) if (name.startsWith('data-') && LATE_SET.test(name)) return attributes[name];
  return undefined;
}

/** Of the candidates of a srcset the widest up to MAX_WIDTH, else the narrowest. HTML §4.8.4.2.1. */
function bestOf(set: string | undefined, base: string | undefined): string | undefined {
  if (set === undefined || set.length > SET_CHARS) return undefined;
  let best: { readonly url: string; readonly width: number } | undefined;
  for (const candidate of set.split(/,\s+|(?<=\s[\d.]+[wx]\s*),/)) {
    const [written = '', descriptor = ''] = candidate.trim().split(/\s+/);
    const url = addressOf(written.replace(/^,+|,+$/g, ''), base);
    if (url === undefined || isStandIn(url)) continue;
    const size = Number.parseFloat(descriptor) || 1;
    const width = descriptor.endsWith('w') ? size : size * SINGLE_WIDTH;
    if (best === undefined || isBetter(width, best.width)) best = { url, width };
  }
  return best?.url;
}

function isBetter(width: number, than: number): boolean {
  return than > MAX_WIDTH ? width < than : width > than && width <= MAX_WIDTH;
}

/** Whether a file's name says that it is nothing to look at. */
function isStandIn(url: string): boolean {
  const { pathname } = new URL(url);
  return STAND_IN.test(pathname.slice(pathname.lastIndexOf('/') + 1).replace(/\.\w+$/, ''));
}

/** One picture in several sizes and copies has one key. */
export function pictureKey(url: string): string {
  const { host, pathname, search } = new URL(url);
  const isFile = /\.(?:jpe?g|png|gif|webp|avif|svg|bmp)$/i.test(pathname);
  const path = `${host}${pathname}`.replace(/^i\d\.wp\.com\//, '');
  return isFile ? path.replace(/(?:-\d+x\d+|-scaled|@\dx)(?=\.\w+$)/, '') : path + search;
}

/** Frames worth a link: videos, audio, posts. Others are advertisements and counters. */
const PLAYER = /^https?:\/\/[^?#]*(?:embed|player|video|audio|podcast|watch)/i;

/** The video of a player of YouTube; a list of videos has no still. */
const YOUTUBE =
  /^https?:\/\/(?:www\.|m\.)?(?:youtube(?:-nocookie)?\.com\/(?:(?:embed|v|shorts|live)\/|watch\?(?:.*&)?v=)|youtu\.be\/)(?!videoseries)([\w-]{11})(?![\w-])/i;

/** HTML source that stands for a frame that plays something: a link to it, of YouTube with the video's still. Undefined
 *  for other frames. */
export function playerLink(attributes: Attributes, base: string | undefined): PlayerLink | undefined {
  const url = frameAddress(attributes, base);
  if (url === undefined || !PLAYER.test(url)) return undefined;
  const host = escapeText(new URL(url).host);
  const video = YOUTUBE.exec(url)?.[1];
  const words = quoted(attributes.title?.trim() || host);
  const shown = video === undefined ? host : `<img src="https://i.ytimg.com/vi/${video}/hqdefault.jpg" alt="${words}">`;
  return { url, html: `<a href="${quoted(url)}">${shown}</a>` };
}

interface PlayerLink {
  readonly url: string;
  readonly html: string;
}

function quoted(text: string): string {
  return escapeText(text).replaceAll('"', '&quot;');
}
