/** The words of the product as data. Readonly, JSON-safe, no imports: absent is undefined (the key is left out), never null or ''. */

/** A point in time as `new Date(…).toISOString()` prints it: RFC 3339, UTC, milliseconds, so that it sorts as text. */
export type Instant = string;

declare const sanitised: unique symbol;
/** HTML that went through parse/sanitise.ts. The only string that a page or a feed may emit unescaped. */
export type SafeHtml = string & { readonly [sanitised]: true };

/** What of an item is republished. */
export type ContentPolicy = 'summary' | 'full' | 'title';

/** A feed that we poll, from feeds.json, with every default filled in. */
export interface Source {
  /** [a-z0-9-]{1,60}; stable name in data/ and in addresses. */
  readonly id: string;
  /** http(s) address with ${NAME} filled in, or the file: URL of a feed beside feeds.json. May hold a secret if `private`. */
  readonly url: string;
  readonly title?: string;
  /** The name shown, "@handle". */
  readonly via?: string;
  readonly homepage?: string;
  readonly categories: readonly string[];
  /** Added to the rank of its items, -1 to 1. */
  readonly weight?: number;
  readonly content: ContentPolicy;
  /** Cron expression. */
  readonly poll: string;
  readonly timeoutSeconds: number;
  readonly license?: 'own' | 'cc' | 'permitted';
  /** Its address is never printed, published or exported. */
  readonly private: boolean;
  /** Pieces of a private address that may appear nowhere on their own either, longest first. */
  readonly secrets?: readonly string[];
  /** Under what data/ remembers the id; absent when its owner gave the id. */
  readonly idFrom?: string;
  readonly insecureTls: boolean;
  readonly disabled: boolean;
  /** Rules (items/filter-rule.ts): only entries that meet one of them get into items. */
  readonly include?: readonly string[];
  /** Entries that meet one of these rules get into no item. */
  readonly exclude?: readonly string[];
}

/** feeds.json, checked and complete. Frozen. */
export interface Config {
  readonly site: {
    readonly title: string;
    readonly description: string;
    readonly language: string;
    /** Where readers reach the site, without a trailing slash. */
    readonly url: string;
    /** True when site.url stood in feeds.json, false when it is the made-up http://localhost:PORT. */
    readonly urlIsConfigured: boolean;
    /** mailto: or a page. */
    readonly contact?: string;
  };
  readonly poll: string;
  readonly timezone: string;
  /** Entries of a feed: the newest N by arrival (and all of the last 48 h). */
  readonly items: number;
  readonly content: ContentPolicy;
  readonly link: 'original' | 'page';
  readonly tallies: boolean;
  /** Who may see how polling goes: everybody, or this machine. */
  readonly status: 'public' | 'local';
  /** Days after an entry was last listed; 0 = for ever. */
  readonly retentionDays: number;
  readonly allow: readonly string[];
  readonly trustProxy: readonly string[];
  readonly limits: {
    readonly concurrency: number;
    readonly perHost: number;
    readonly timeoutSeconds: number;
    readonly maxBodyMB: number;
    /** Of one source: entries, and megabytes of them as JSON. */
    readonly maxEntries: number;
    readonly maxSourceMB: number;
    /** New entries of one source within 24 hours, its first document left out. */
    readonly newEntriesPerDay: number;
    /** Megabytes of entries of all sources. */
    readonly maxMemoryMB?: number;
  };
  readonly sources: readonly Source[];
}

/** Where it runs: environment and flags, not feeds.json. */
export interface Settings {
  readonly port: number;
  readonly host: string;
  /** Absolute. */
  readonly dataDir: string;
  /** Absolute. */
  readonly configFile: string;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** Whether /metrics answers everybody, not only this machine. */
  readonly areMetricsOpen?: true;
}

export interface Person {
  readonly name?: string;
  readonly email?: string;
  readonly url?: string;
}

export interface Enclosure {
  /** Absolute http(s). */
  readonly url: string;
  readonly type?: string;
  /** Bytes. */
  readonly length?: number;
}

/** Via whom our source had it: an incoming <source>, atom:source or rel=via; the outer end of the via chain. */
export interface Origin {
  readonly title?: string;
  /** The page (rel=via, or the source's home). */
  readonly url?: string;
  /** The feed (RSS source url=, atom:source rel=self or id). */
  readonly feed?: string;
}

/** What a document says of itself. */
export interface FeedInfo {
  readonly title?: string;
  /** The site's home page. */
  readonly url?: string;
  /** rel=self. */
  readonly feedUrl?: string;
  readonly description?: string;
  readonly language?: string;
  readonly updatedAt?: Instant;
  readonly image?: string;
  /** RSS ttl, minutes. */
  readonly ttlMinutes?: number;
  /** sy:updatePeriod / sy:updateFrequency, minutes. */
  readonly updateEveryMinutes?: number;
  /** RSS skipHours, 0–23 UTC. */
  readonly skipHours?: readonly number[];
  /** RSS skipDays, 0 = Sunday … 6, UTC. */
  readonly skipDays?: readonly number[];
  /** Where permanent redirects of the configured address have led; said by its server and by no document. */
  readonly movedTo?: string;
}

/** What one document says of one entry, normalised: text is plain, URLs absolute http(s), dates UTC. */
export interface ListedEntry {
  /** As published, trimmed; never resolved. */
  readonly guid?: string;
  /** The guid as a URL when the publisher says it is one (RSS isPermaLink ≠ false and it parses as http(s)). */
  readonly permalink?: string;
  /** The publisher's alternate link, resolved. */
  readonly link?: string;
  /** feedburner:origLink. */
  readonly origLink?: string;
  /** JSON Feed external_url. */
  readonly externalUrl?: string;
  /** Where it is discussed: RSS comments, Atom's rel=replies (RFC 4685 §4). */
  readonly comments?: string;
  /** Atom's rel=related (RFC 4287 §4.2.7.2): of an entry whose link leads elsewhere often its source's own post. */
  readonly related?: string;
  readonly title?: string;
  /** The publisher's summary as plain text (the whole of it, ≤ 4,000 characters); absent when there is only a content. */
  readonly summary?: string;
  /** The longest text of the entry as plain text, cut to TEXT_CHARS: for standfirst and identity. */
  readonly text?: string;
  /** The content, sanitised; only when it was asked for. */
  readonly html?: SafeHtml;
  /** Minutes to read the whole content, ≥ 1. */
  readonly minutes: number;
  readonly publishedAt?: Instant;
  readonly updatedAt?: Instant;
  readonly authors: readonly Person[];
  readonly categories: readonly string[];
  readonly enclosures: readonly Enclosure[];
  /** How long its sound or film runs. */
  readonly durationSeconds?: number;
  readonly image?: string;
  readonly language?: string;
  readonly origins: readonly Origin[];
}

/** A document as it was read. `complete` is false when its XML ended early: then nothing counts as vanished, no validator is kept. */
export interface FeedDocument {
  readonly feed: FeedInfo;
  readonly entries: readonly ListedEntry[];
  /** Entries that hold nothing that can be used. */
  readonly skipped: number;
  /** Entries that were not read because the document holds too many; absent when all were. */
  readonly surplus?: number;
  /** Entries that were left out because more would be kept of the document than its length justifies; absent when none was. */
  readonly tooLarge?: number;
  readonly complete: boolean;
}

/** One source's account of an article, as it is kept. Its listed fields are those of its latest listing. */
export interface Entry extends ListedEntry {
  /** 12 characters of base32(SHA-256(source id ‖ first guid or strong key)); never changes. */
  readonly id: string;
  /** Source id. */
  readonly source: string;
  /** Every good guid it was ever listed with, first one first. */
  readonly guids: readonly string[];
  /** Every strong link key it was ever listed with, first one first. */
  readonly linkKeys: readonly string[];
  /** Its source's own site (its publisher, identity/publisher.ts), where its article stands or once stood. */
  readonly ownSite?: string;
  /** Links and guids that it took on after it was first listed: they recognise it within its source and say nothing to others. */
  readonly late?: readonly string[];
  /** The title that it came with, where it has another one now; '' for none. */
  readonly firstTitle?: string;
  /** Where the article is: external_url, else origLink, else link, else permalink; listed tracking removed. */
  readonly url?: string;
  /** The source's own page for it, if it has one (identity/home.ts). */
  readonly viaUrl?: string;
  readonly firstSeen: Instant;
  /** It stands in the last whole document of its source: it was last listed when the source last answered. */
  readonly isListed?: true;
  /** The last answer that listed it. Written when it leaves the document, not at every poll: of an entry that
   *  `isListed` it is only a lower bound. */
  readonly lastListed: Instant;
  /** Place in the river: own date in the source's first document, first sight afterwards. */
  readonly arrival: Instant;
  /** Shown date: published at first sight (clamped), else updated, else first seen. */
  readonly date: Instant;
  /** When title or text last changed by more than white space. */
  readonly edited?: Instant;
  /** False: stored and shown on the source's page, never announced (the tail of a first document or back-fill). */
  readonly published: boolean;
}

/** What is left of an expired entry, so that its return is not news. */
export interface Tombstone {
  readonly id: string;
  /** Short hashes of its guids and keys. */
  readonly keys: readonly string[];
  readonly firstSeen: Instant;
  readonly lastListed: Instant;
}

/** All that is kept of one source: the content of data/sources/ID.json. */
export interface SourceRecord {
  readonly version: 1;
  readonly source: string;
  readonly feed: FeedInfo;
  readonly entries: readonly Entry[];
  readonly unreliableGuids: readonly string[];
  /** Strong link keys. */
  readonly unreliableLinks: readonly string[];
  readonly tombstones: readonly Tombstone[];
  /** Version of the sanitiser that made the entries' html; absent while none has any. */
  readonly sanitiser?: number;
}

/** A permanent redirect that was seen but is not yet believed (301/308 are used after 3 sightings over a day). */
export interface RedirectSighting {
  readonly to: string;
  readonly count: number;
  readonly firstAt: Instant;
  readonly lastAt: Instant;
}

/** Where polling of one source stands; survives restarts. Written after the record it belongs to. */
export interface SourceState {
  readonly source: string;
  /** The configured address this state belongs to (a hash if the source is private): validators of another address are not sent. */
  readonly address?: string;
  readonly etag?: string;
  readonly lastModified?: string;
  /** Host that gave etag and lastModified, if a redirect led to another one: they are sent to no other. */
  readonly validatorsFrom?: string;
  /** SHA-256 of the last body that was read well, hex. */
  readonly bodyHash?: string;
  /** That body was read with its HTML, as `content: "full"` wants it. */
  readonly withHtml?: true;
  /** When a whole body last came; 8 days later everything is asked for again. */
  readonly lastUnconditionalAt?: Instant;
  readonly askedAt?: Instant;
  /** Last 200 or 304. */
  readonly succeededAt?: Instant;
  /** Last poll that brought a new entry. */
  readonly newEntryAt?: Instant;
  /** How often in a row the body stayed the same without validators. */
  readonly sameBodyCount: number;
  /** Failures in a row. */
  readonly failures: number;
  readonly failingSince?: Instant;
  /** The last failure, for people; code and words. Absent after a success. */
  readonly problem?: { readonly code: string; readonly message: string };
  /** What of its last document was left out or waits because of a limit, for people; code and words. */
  readonly limited?: { readonly code: string; readonly message: string };
  /** Not before this instant, and why ('Retry-After', 'back-off after 3 failures', 'on schedule'). Absent = due. */
  readonly notBefore?: Instant;
  readonly reason?: string;
  /** 410: never asked again until its address changes. */
  readonly gone: boolean;
  /** Address learnt from permanent redirects, used instead of the configured one. */
  readonly movedTo?: string;
  readonly redirect?: RedirectSighting;
  /** Since the first poll. */
  readonly counts: {
    readonly asked: number;
    readonly notModified: number;
    readonly failed: number;
    readonly bytes: number;
  };
}

/** A whole host that asked us to wait (429, 503). */
export interface HostWait {
  /** Registrable domain, or address:port. */
  readonly host: string;
  readonly until: Instant;
  readonly reason: string;
}

/** Who brought us to an item. The one shape everywhere (items --json, _viaduct). */
export interface Via {
  /** Source id. */
  readonly source: string;
  /** via handle, else title, else the feed's own title, else id. */
  readonly name: string;
  /** The source's own page for the entry, else its homepage. Never the article, unless that is the source's own. */
  readonly url?: string;
  /** Where its readers discuss it. */
  readonly discussion?: string;
  /** The feed we read; absent for private sources and files. */
  readonly feed?: string;
  readonly guid?: string;
  readonly firstSeen: Instant;
}

/** One article: one or more entries merged. Derived from entries, never stored. */
export interface Item {
  /** Id of its oldest entry, hidden ones included: once published it stays as long as any entry of the item does. */
  readonly id: string;
  /** In order of first sighting; one source may have several. */
  readonly entries: readonly Entry[];
  /** Entries that show nothing, but whose ids lead here: of sources that are not followed any more, and those that filters
   *  leave out. */
  readonly hidden: readonly Entry[];
  /** The entry whose title, link, author and date are shown. */
  readonly primary: Entry;
  /** The entry whose text is shown: the primary; where it has none, another one of its publisher. */
  readonly body: Entry;
  readonly url?: string;
  /** Shown title; never empty: an untitled entry shows the start of its text, or its host and date. */
  readonly title: string;
  readonly date: Instant;
  readonly arrival: Instant;
  readonly firstSeen: Instant;
  /** When title or text last changed, else `date`. */
  readonly updated: Instant;
  readonly published: boolean;
  /** One a source, in order of first sighting. */
  readonly via: readonly Via[];
  /** The configured categories of all its sources, the primary's first. */
  readonly categories: readonly string[];
}

/** What was counted for one item. */
export interface Tally {
  readonly views: number;
  readonly clicks: number;
  /** Views and clicks an hour for the last 8 days: [hour since 1970, count], oldest first. */
  readonly hours: readonly (readonly [number, number])[];
}
