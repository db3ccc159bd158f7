import type { View } from '../view.ts';
import { renderPage } from './layout.tsx';

/** What went wrong and where to go from here. Works without a view, for what fails before there is one. */
export function errorPage(
  view: View | undefined,
  { status, title, message }: { status: number; title: string; message: string },
): string {
  return renderPage(
    view,
    { title },
    <main id="main" class="wrap one">
      <p class="kick ui">{status}</p>
      <h1>{title}</h1>
      <p>{message}</p>
      <p class="next ui">
        <a href="/">To the front page</a>
      </p>
    </main>,
  );
}
