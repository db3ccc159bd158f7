import type { Item } from '../../model.ts';
import type { View } from '../view.ts';
import { shownText } from './shown.ts';
import { momentInWords } from './words.ts';

/** 'Why is this here?': who told it and when, and what makes the accounts of several sources one item. */
export function Why({ item, view }: { item: Item; view: View }) {
  const nameOf = (sourceId: string) => {
    const name = item.via.find(({ source }) => source === sourceId)?.name;
    return shownText(view, name ?? '') || sourceId;
  };
  return (
    <details class="why ui" id="why">
      <summary>Why is this here?</summary>
      <ul>
        {item.via.map(({ source, firstSeen }) => (
          <li>
            It stands in the feed of <bdi>{nameOf(source)}</bdi>, first seen there{' '}
            <time datetime={firstSeen}>{momentInWords(firstSeen, view.config.timezone, view.now)}</time>.
          </li>
        ))}
        {view.reasons(item).map(({ entries: [first, second], words, shared }) => (
          <li>
            <bdi>{nameOf(first.source)}</bdi> and <bdi>{nameOf(second.source)}</bdi> tell the same article, by {words}:{' '}
            <bdi>{shownText(view, shared)}</bdi>
          </li>
        ))}
      </ul>
    </details>
  );
}
