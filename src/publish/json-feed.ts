import { Feed } from 'feed';
import type { PublishedItem } from './published-item.ts';
import type { PublishedList } from './published-list.ts';

/** The list as JSON Feed 1.1, with the via chain and the tally in `_viaduct` (docs/namespace.md). `feed` writes version 1
 *  with one author an item: it is finished here. */
export function writeJsonFeed(list: PublishedList): string {
  const feed = new Feed({
    title: list.title,
    description: list.description,
    link: list.home,
    feedLinks: { json: list.urls.json },
  });
  for (const item of list.items) {
    feed.addItem({
      id: item.id,
      title: item.title,
      link: item.link,
      date: new Date(item.updated),
      published: new Date(item.published),
      content: item.html,
      ...(item.excerpt !== undefined && { description: item.excerpt }),
      ...(item.image !== undefined && { image: item.image }),
      ...(item.categories.length > 0 && { category: item.categories.map((name) => ({ name })) }),
    });
  }
  const { items, ...head } = JSON.parse(feed.json1()) as { items: Record<string, unknown>[] };
  return JSON.stringify({
    ...head,
    version: 'https://jsonfeed.org/version/1.1',
    language: list.language,
    items: list.items.map((item, index) => ({ ...items[index], ...additions(item, list.about) })),
  });
}

function additions(item: PublishedItem, about: string): Record<string, unknown> {
  const { authors, enclosures, language, original, link, page } = item;
  const attachments = enclosures.map(({ url, type, length }) => ({
    url,
    mime_type: type,
    ...(length !== undefined && { size_in_bytes: length }),
  }));
  return {
    ...(original !== undefined && original !== link && { external_url: original }),
    ...(authors.length > 0 && { authors }),
    ...(language !== undefined && { language }),
    ...(attachments.length > 0 && { attachments }),
    _viaduct: {
      about,
      ...(item.views !== undefined && { views: item.views }),
      sources: item.sources,
      page,
      via: item.via,
      ...(item.origins.length > 0 && { origins: item.origins }),
    },
  };
}
