import { STATUS_CODES } from 'node:http';
import { type RawHeaders, SECURITY_HEADERS } from './headers.ts';
import { errorPage } from './pages/layout.tsx';
import type { Reply } from './prepared.ts';
import type { View } from './view.ts';

/** What a page says when it is not the one that was asked for. Nothing of the request is repeated in it. */
const PROBLEMS = {
  400: { title: 'Bad request', message: 'This request could not be read.' },
  404: { title: 'Page not found', message: 'There is no such page, or it has been removed.' },
  405: { title: 'Read only', message: 'This site can only be read.' },
  408: { title: 'Too slow', message: 'The request took too long to arrive.' },
  413: { title: 'Too large', message: 'The request is too large.' },
  414: { title: 'Address too long', message: 'No page here has an address that long.' },
  417: { title: 'Expectation failed', message: 'This site cannot meet what the request expects.' },
  431: { title: 'Too many headers', message: 'The header fields of the request are too large.' },
  500: { title: 'Something went wrong', message: 'This page could not be shown. The mistake is ours, not yours.' },
  503: { title: 'Starting', message: 'This site is just starting. The page comes by itself in a moment.' },
} as const;

export type ProblemStatus = keyof typeof PROBLEMS;

/** The answer for a request that gets no document. With a view the page bears the site's name. */
export function problemReply(status: ProblemStatus, view?: View, extraHeaders: RawHeaders = []): Reply {
  return reply(status, 'text/html; charset=utf-8', problemPage(status, view), extraHeaders);
}

/** Kept, as floods are answered with them: to render one for each of 5,000 silent connections took 0.8 s. */
const pages = new WeakMap<object, Map<ProblemStatus, Buffer>>();
const WITHOUT_VIEW = {};

function problemPage(status: ProblemStatus, view: View | undefined): Buffer {
  const owner = view ?? WITHOUT_VIEW;
  const kept = pages.get(owner) ?? new Map<ProblemStatus, Buffer>();
  const page = kept.get(status) ?? Buffer.from(errorPage(view, { status, ...PROBLEMS[status] }));
  pages.set(owner, kept.set(status, page));
  return page;
}

/** An answer that nobody should keep. */
export function reply(status: number, contentType: string, body: Buffer, extraHeaders: RawHeaders = []): Reply {
  const headers = [
    'Content-Type',
    contentType,
    'Content-Length',
    String(body.length),
    'Cache-Control',
    'no-store',
    ...extraHeaders,
    ...SECURITY_HEADERS,
  ];
  return { status, headers, body };
}

/** An answer without a body that sends the client to `location`, which must be ASCII. */
export function redirectReply(status: 301 | 302, location: string, cacheControl: string): Reply {
  return {
    status,
    headers: ['Location', location, 'Cache-Control', cacheControl, 'Content-Length', '0', ...SECURITY_HEADERS],
  };
}

/** The answer as bytes of a connection that is closed after it, for requests that node:http could not read. */
export function rawReply({ status, headers, body }: Reply): Buffer {
  const fields = [...headers, 'Connection', 'close'];
  const lines = fields.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${fields[index + 1]}`] : []));
  const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, `Date: ${new Date().toUTCString()}`, ...lines, '', ''];
  return Buffer.concat([Buffer.from(head.join('\r\n')), body ?? Buffer.alloc(0)]);
}
