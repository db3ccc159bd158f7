/** Query parameters that only count visits: removed from every link, compared or republished. Names in lower case. */
const TRACKING = new Set(
  `at_medium at_campaign fbclid gclid gclsrc dclid gbraid wbraid msclkid twclid yclid ysclid igshid mc_cid mc_eid mc_tc mkt_tok
  _hsenc _hsmi __hstc __hssc __hsfp hsctatracking oly_anon_id oly_enc_id vero_id vero_conv wickedid rb_clickid srsltid _openstat
  fb_action_ids fb_action_types fb_ref fb_source s_cid __twitter_impression _ga _gl _bhlid _branch_match_id _branch_referrer
  ml_subscriber ml_subscriber_hash cmpid xtor`.split(/\s+/),
);
const TRACKING_PREFIX = /^(?:utm_|mtm_|itm_|hsa_|at_custom|at_link_)/;
/** Name the page that links here (Ghost adds ref=HOST): tracking only when the value is a host that we follow,
 *  for `ref=v1.0` is content on git hosts. */
const REFERRER = new Set(['ref', 'source', 'via']);
/** Parameters that may be content, so that a link without them is the same page only if the title is the same too. */
const DOUBTFUL = new Set('ref ref_src source src via share from si feature cmp rss amp output outputtype'.split(' '));

/** Whether the query parameter (as written, 'name=value') is tracking and nothing else. */
export function isTracking(parameter: string, ownHosts: Pick<ReadonlySet<string>, 'has'>): boolean {
  const name = nameOf(parameter);
  if (TRACKING.has(name) || TRACKING_PREFIX.test(name)) return true;
  return REFERRER.has(name) && ownHosts.has(hostInValue(parameter.slice(name.length + 1)));
}

/** Whether the query parameter may be there or not on one page. */
export function isDoubtful(parameter: string): boolean {
  return DOUBTFUL.has(nameOf(parameter));
}

/** Whether a fragment (without #) was put there by a feed's generator or a browser and marks no place in the page. */
export function isTrackingFragment(fragment: string): boolean {
  return /^(?:utm_|xtor=|at_|atom-|rss|ref=|:~:)/.test(fragment);
}

function nameOf(parameter: string): string {
  const end = parameter.indexOf('=');
  return (end < 0 ? parameter : parameter.slice(0, end)).toLowerCase();
}

function hostInValue(value: string): string {
  return value
    .toLowerCase()
    .replace(/^https?(?::|%3a)(?:\/|%2f){2}/, '')
    .replace(/(?:\/|%2f)$/, '')
    .replace(/^www\./, '');
}
