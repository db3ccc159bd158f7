import type { Item } from '../../../src/model.ts';
import { aboutPage } from '../../../src/web/pages/about.tsx';
import { homePage } from '../../../src/web/pages/home.tsx';
import { itemPage } from '../../../src/web/pages/item.tsx';
import { errorPage } from '../../../src/web/pages/layout.tsx';
import { categoriesPage, categoryPage, latestPage, sourcePage, sourcesPage } from '../../../src/web/pages/lists.tsx';
import { statusPage } from '../../../src/web/pages/status.tsx';
import { subscribePage } from '../../../src/web/pages/subscribe.tsx';
import type { View } from '../../../src/web/view.ts';
import { onePage } from './a-view.ts';

/** Every page of the site over one set of items. */
export function everyPage(view: View, items: readonly Item[]): ReadonlyMap<string, string> {
  const [lead, ...stories] = items;
  const list = { items, nextHref: '/latest?before=2026-03-04T11:00:00.000Z_item1' };
  return new Map<string, string>([
    ['home', homePage(view, { ...(lead && { lead }), stories, latest: items })],
    ['home without items', homePage(view, { stories: [], latest: [] })],
    ...items.map((item, at): [string, string] => [`item ${at}`, itemPage(view, item, { more: items })]),
    ['latest', latestPage(view, list)],
    ['latest, empty', latestPage(view, { items: [] })],
    ['categories', categoriesPage(view)],
    ...view.categories.map((category, at): [string, string] => [`category ${at}`, categoryPage(view, category, list)]),
    ['sources', sourcesPage(view, onePage(view))],
    ...view.sources.map((source, at): [string, string] => [`source ${at}`, sourcePage(view, source, list)]),
    ['subscribe', subscribePage(view, onePage(view))],
    ['about', aboutPage(view)],
    ['status', statusPage(view, onePage(view))],
    ['error', errorPage(view, { status: 404, title: 'Nothing here', message: 'There is no such page.' })],
    ['error without a view', errorPage(undefined, { status: 500, title: 'Our mistake', message: 'See the log.' })],
  ]);
}
