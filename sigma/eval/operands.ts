// Operands of tests that need compiling. Lowering has validated them: a bad one here is a fault of ours.
import { type Network, parseCidr } from '../cidr.ts'
import { type CompiledRegex, knownRegex } from '../regex.ts'

/** Compiled patterns kept; the oldest goes first. */
const REGEXES_MAX = 5_000

const regexes = new Map<string, CompiledRegex>()

/** The pattern, ready to run. */
export function regexOf(pattern: string, flags: string): CompiledRegex {
  const key = `${flags}/${pattern}`
  const kept = regexes.get(key)
  if (kept !== undefined) return kept
  const made = knownRegex(pattern, flags)
  if (regexes.size >= REGEXES_MAX) regexes.delete(regexes.keys().next().value!)
  regexes.set(key, made)
  return made
}

/** The parsed network. Throws when it is invalid. */
export function networkOf(cidr: string): Network {
  const network = parseCidr(cidr)
  if (network === undefined) throw new Error(`network not validated: ${cidr}`)
  return network
}
