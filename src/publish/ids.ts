import { createHash } from 'node:crypto';

/** Id of an item in every feed: `urn:uuid:` and a name-based UUID (version 5, RFC 9562 §5.5) of the site's minted uuid
 *  and the item's id. Addresses have no part in it, so that a new domain or port makes no item new. */
export function itemUrn(siteUuid: string, itemId: string): string {
  return nameUrn(siteUuid, `item:${itemId}`);
}

/** Id of a feed (RFC 4287 §4.2.6), from the key of its list ('' is the merged feed). */
export function feedUrn(siteUuid: string, listKey: string): string {
  return nameUrn(siteUuid, `feed:${listKey}`);
}

/** Id that an entry's <source> gives for the feed that we read: its address may move, and may be a secret. */
export function sourceUrn(siteUuid: string, sourceId: string): string {
  return nameUrn(siteUuid, `source:${sourceId}`);
}

/** Id of a notice in the feed for the operator: one a trouble, and another one when it comes again. */
export function noticeUrn(siteUuid: string, name: string): string {
  return nameUrn(siteUuid, `notice:${name}`);
}

function nameUrn(siteUuid: string, name: string): string {
  const hash = createHash('sha1');
  hash.update(Buffer.from(siteUuid.replaceAll('-', ''), 'hex'));
  hash.update(name, 'utf8');
  const bytes = hash.digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)];
  return `urn:uuid:${parts.join('-')}`;
}
