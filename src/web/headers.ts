import { pageStyleHashes } from './pages/layout.tsx';

/** Header fields as node:http takes them without looking twice: name, value, name, value. */
export type RawHeaders = readonly string[];

/** On every answer, errors included: a page may load its own style and script, and images from anywhere by https;
 *  nothing may frame it, and no form or base leads away. */
export const SECURITY_HEADERS: RawHeaders = [
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
  'Referrer-Policy',
  'strict-origin-when-cross-origin',
  'Cross-Origin-Opener-Policy',
  'same-origin',
];
