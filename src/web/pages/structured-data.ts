import type { Item } from '../../model.ts';
import type { View } from '../view.ts';
import { authorOf, dekOf, pathOf, shownText, shownUrl, titleOf } from './shown.ts';

/** Our page of an item, citing the original (schema.org WebPage, NewsArticle). */
export function itemPageData(view: View, item: Item): object {
  const { site } = view.config;
  const { primary } = item;
  const description = dekOf(view, item);
  const original = shownUrl(view, item.url);
  const author = authorOf(view, primary);
  return {
    '@context': 'https://schema.org',
    '@type': 'WebPage',
    name: titleOf(view, item),
    url: site.url + pathOf(view, item),
    ...(description !== undefined && { description }),
    isPartOf: { '@type': 'WebSite', name: shownText(view, site.title), url: site.url },
    ...(original !== undefined && {
      citation: {
        '@type': 'NewsArticle',
        headline: titleOf(view, item),
        url: original,
        ...(primary.publishedAt !== undefined && { datePublished: primary.publishedAt }),
        ...(author !== undefined && { author: { '@type': 'Person', name: author } }),
      },
    }),
  };
}

/** A list of items: their pages here, in order (schema.org ItemList). */
export function itemListData(view: View, name: string, items: readonly Item[]): object {
  return {
    '@context': 'https://schema.org',
    '@type': 'ItemList',
    name,
    itemListElement: items.map((item, at) => ({
      '@type': 'ListItem',
      position: at + 1,
      url: view.config.site.url + pathOf(view, item),
    })),
  };
}
