/** Raised with every change of the rules in sanitise.ts, or of sanitize-html, so that what is stored is sanitised again.
 *  By itself, because a daemon that only stores the number need not load the sanitiser (60 ms). */
export const SANITISER_VERSION = 8;
