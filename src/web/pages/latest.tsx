import type { ListPage, View } from '../view.ts';
import { renderPage } from './layout.tsx';
import { PagedRows } from './parts.tsx';

/** Everything, newest arrival first. */
export function latestPage(view: View, list: ListPage): string {
  return renderPage(
    view,
    { title: 'Latest', description: 'Everything that came, newest first.', path: '/latest', current: 'latest' },
    <main id="main" class="wrap list">
      <div class="one">
        <h1>Latest</h1>
        <PagedRows list={list} view={view} empty="Nothing has come yet." />
      </div>
    </main>,
  );
}
