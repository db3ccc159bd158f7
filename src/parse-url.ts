/** `text` as an absolute URL (against `base`, if there is one); undefined when it is none.
 *  Not by URL.canParse: in Node 20 and 22 its fast path says no to 'https://ü.example' after some thousand calls. */
export function parseUrl(text: string, base?: string): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}

/** `text` with its percent-encoding decoded (RFC 3986 §2.1); as it is when that is broken. */
export function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
