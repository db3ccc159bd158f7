import { categoryPath } from '../../publish/links.ts';
import type { CategoryView, ListPage, View } from '../view.ts';
import { renderPage } from './layout.tsx';
import { FeedLinks, PagedList } from './parts.tsx';
import { itemListData } from './structured-data.ts';
import { counted } from './words.ts';

/** All topics with their counts. */
export function categoriesPage(view: View): string {
  return renderPage(
    view,
    {
      title: 'Topics',
      description: 'The topics of this site, each with its own feeds.',
      path: '/categories',
      part: '/categories',
    },
    <main id="main" class="wrap one">
      <h1>Topics</h1>
      {view.categories.length === 0 ? (
        <p class="soft">No source has a category yet: give it one in feeds.json.</p>
      ) : (
        <ul class="cats rule">
          {view.categories.map(({ name, itemCount }) => (
            <li>
              <a href={categoryPath(name)}>
                {name} <span class="ui">{counted(itemCount, 'item')}</span>
              </a>
            </li>
          ))}
        </ul>
      )}
    </main>,
  );
}

/** One topic, newest first. */
export function categoryPage(view: View, category: CategoryView, list: ListPage): string {
  const path = categoryPath(category.name);
  return renderPage(
    view,
    {
      title: category.name,
      description: `What ${view.config.site.title} has on ${category.name}, newest first.`,
      path,
      feeds: { title: category.name, path },
      part: '/categories',
      ...(list.nextHref !== undefined && { nextHref: list.nextHref }),
      data: itemListData(view, category.name, list.items),
    },
    <PagedList list={list} view={view} empty="Nothing has come yet.">
      <p class="kick ui">
        <a href="/categories">Topics</a>
      </p>
      <h1>{category.name}</h1>
      <p class="ui soft">
        {counted(category.itemCount, 'item')}. Follow it as <FeedLinks path={path} />.
      </p>
    </PagedList>,
  );
}
