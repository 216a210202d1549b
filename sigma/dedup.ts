// How matches of a rule fold into alerts where its `trapline:` key does not say.

/** Fields whose values tell one alert of a rule from another. */
export const DEDUP_DEFAULT = ['host', 'user', 'src_ip'] as const
/** How long after an alert's last event a match still folds into it. */
export const DEDUP_WINDOW_DEFAULT_MS = 60 * 60_000
