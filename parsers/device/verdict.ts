// What a firewall decided, from the many words for it: the column `action` holds one word for all sources.

/** The words of the column `action` for traffic. */
export type Verdict = 'allowed' | 'denied'

const SMALL_A = 0x61

const WORDS: ReadonlyMap<string, Verdict> = new Map<string, Verdict>([
  ...['accept', 'accepted', 'allow', 'allowed', 'permit', 'permitted', 'pass', 'passed', 'forward']
    .concat(['passthrough', 'close', 'start', 'timeout', 'client-rst', 'server-rst', 'ip-conn'])
    .concat(['dns', 'bypass', 'monitor', 'monitored', 'alert', 'detect', 'continue', 'override'])
    .concat(['encrypt', 'decrypt', 'inform', 'exempt', 'log-only', 'trust', 'fastpath', 'inspect'])
    .map((word) => [word, 'allowed'] as const),
  ...['deny', 'denied', 'drop', 'dropped', 'block', 'blocked', 'reject', 'rejected', 'discard']
    .concat(['reset', 'reset-both', 'reset-client', 'reset-server', 'clear_session', 'prevent'])
    .concat(['drop-icmp', 'drop-packet', 'block-url', 'block-ip', 'block-continue', 'refuse'])
    .concat([
      'drop-all',
      'random-drop',
      'sinkhole',
      'quarantine',
      'refused',
      'discarded',
      'quarantined',
    ])
    .map((word) => [word, 'denied'] as const),
])

/** Words with a capital, as Check Point and others write them. */
const CAPITALS: ReadonlyMap<string, Verdict> = new Map(
  [...WORDS].map(([word, verdict]) => [word.charAt(0).toUpperCase() + word.slice(1), verdict]),
)

/** The verdict that a device's word stands for; undefined for a word that is none. */
export function verdictOf(word: string): Verdict | undefined {
  const known = word.charCodeAt(0) >= SMALL_A ? WORDS.get(word) : CAPITALS.get(word)
  return known ?? (word.length <= 24 ? WORDS.get(word.toLowerCase()) : undefined)
}
