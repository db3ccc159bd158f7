import { pageStyleHashes } from './pages/layout.tsx';

/** Header fields as node:http takes them without looking twice: name, value, name, value. */
export type RawHeaders = readonly string[];

/** What every answer carries, a 304 too: a page may load its own style and script, and images from anywhere by https;
 *  nothing may frame it, and no form or base leads away. */
export const CONTENT_HEADERS: RawHeaders = [
  'Content-Security-Policy',
  [
    "default-src 'none'",
    "script-src 'self'",
    ['style-src', "'self'", ...pageStyleHashes].join(' '),
    "img-src 'self' https: data:",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; '),
  'X-Content-Type-Options',
  'nosniff',
];

/** On every answer that is not a 304: those repeat no more than caches need, as most answers are 304s. */
export const SECURITY_HEADERS: RawHeaders = [
  ...CONTENT_HEADERS,
  'Referrer-Policy',
  'strict-origin-when-cross-origin',
  'Cross-Origin-Opener-Policy',
  'same-origin',
];
