import type { Item } from '../../model.ts';
import { categoryPath, sourcePath } from '../../publish/links.ts';
import type { View } from '../view.ts';
import { FeedLinks, ItemLink, ItemTime, ViaWords } from './parts.tsx';
import { shownText, shownUrl, sourceOf } from './shown.ts';
import { counted, hostOf } from './words.ts';

/** Who told it first, and how to follow them. */
export function AboutSource({ id, view }: { id: string; view: View }) {
  const about = sourceOf(view, id);
  if (!about) return null;
  const home = shownUrl(view, about.homepage);
  return (
    <section class="card ui" aria-labelledby="so">
      <h2 class="lab" id="so">
        About this source
      </h2>
      <p>
        <a href={sourcePath(id)}>
          <b>
            <bdi>{shownText(view, about.name) || id}</bdi>
          </b>
        </a>
        {home !== undefined && (
          <>
            {' on '}
            <a href={home} rel="external">
              {hostOf(home)}
            </a>
          </>
        )}
        <br />
        {counted(about.itemCount, 'item')} here
      </p>
      <p>
        Follow it as <FeedLinks path={sourcePath(id)} />
      </p>
    </section>
  );
}

/** The newest of the item's category; of an item without one, of the source that told it first. */
export function More({ item, more, view }: { item: Item; more: readonly Item[]; view: View }) {
  const [first] = item.via;
  const list =
    item.category !== undefined
      ? { name: item.category, path: categoryPath(item.category) }
      : first && { name: shownText(view, first.name) || first.source, path: sourcePath(first.source) };
  if (more.length === 0 || !list) return null;
  return (
    <section class="wrap more" aria-labelledby="mo">
      <h2 class="lab">
        <span id="mo">More in {list.name}</span>{' '}
        <a href={list.path} aria-label={`View all in ${list.name}`}>
          View all
        </a>
      </h2>
      <ul>
        {more.map((other) => (
          <li>
            <ItemLink item={other} view={view} class="t" />{' '}
            <span class="ui">
              <ItemTime item={other} view={view} /> · <ViaWords item={other} view={view} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
