// Which matches of a rule raise alerts (D16): all of a live rule, those of a share of the hosts of a canary,
// none of a shadow. The others are counted in the shadow lane.
import type { StoredMatch } from '../stores/events/event-store.ts'
import type { RuleFacts } from '../stores/state/state-store.ts'

/** Parts that hosts are sorted into. */
const PARTS = 1000

/** Whether a match raises an alert at the stage of its rule. */
export function isLive(match: StoredMatch, { rollout }: RuleFacts): boolean {
  if (rollout === undefined || rollout.stage === 'live') return true
  if (rollout.stage === 'shadow') return false
  const { host } = match.keys
  return host === undefined || partOf(host) < (rollout.share ?? 1) * PARTS
}

/** A host's part, 0 to 999: the first four bytes of the SHA-256 of its lower-cased name, modulo 1000. */
export function partOf(host: string): number {
  const digest = new Bun.CryptoHasher('sha256').update(host.toLowerCase()).digest()
  return digest.readUInt32BE(0) % PARTS
}

/** Matches by lane, each in the order given. */
export function byLane<M extends StoredMatch>(
  matches: readonly M[],
  ruleOf: (match: StoredMatch) => RuleFacts,
): { readonly live: readonly M[]; readonly shadow: readonly M[] } {
  const shadow: M[] = []
  const live = matches.filter((match) => {
    if (isLive(match, ruleOf(match))) return true
    shadow.push(match)
    return false
  })
  return { live, shadow }
}
