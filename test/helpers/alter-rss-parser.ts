/** Loaded with --import, in every thread: all that rss-parser returns of an entry under its own names comes back altered,
 *  so that it can be seen what is made of it. */
import RssParser from 'rss-parser';

const { parseString } = RssParser.prototype;

RssParser.prototype.parseString = async function (xml: string) {
  const feed = await parseString.call(this, xml);
  if (feed.title !== undefined) feed.title = `${feed.title}, altered`;
  for (const item of feed.items) {
    const { title, link, guid, isoDate, creator, categories, enclosure } = item;
    if (title !== undefined) item.title = `${title}, altered`;
    if (link !== undefined) item.link = `${link}/altered`;
    if (guid !== undefined) item.guid = `${guid}/altered`;
    if (isoDate !== undefined) {
      const hourLater = new Date(Date.parse(isoDate) + 3_600_000);
      Object.assign(item, { isoDate: hourLater.toISOString(), pubDate: hourLater.toUTCString() });
    }
    if (creator !== undefined) item.creator = `${creator}, altered`;
    if (categories !== undefined) item.categories = categories.map((category: string) => `${category}, altered`);
    if (enclosure !== undefined) enclosure.url = `${enclosure.url}/altered`;
  }
  return feed;
};
