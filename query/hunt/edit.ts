// The smallest change of a hunt's file: keys that differ are written anew, all other lines stay.
import { readHunt, writeHunt } from './file.ts'
import type { Hunt } from './hunt.ts'

/** The file's text with the hunt changed to `wanted`. Where lines cannot be told apart it is written anew. */
export function editHunt(text: string, wanted: Hunt): string {
  const before = readHunt(text, 'hunt.yml')
  const whole = writeHunt(wanted)
  if ('problems' in before) return whole
  const old = blocksOf(text)
  const fresh = blocksOf(whole)
  const asBefore = blocksOf(writeHunt(before))
  const changed = [...fresh].filter(([key, block]) => asBefore.get(key) !== block)
  const gone = [...asBefore.keys()].filter((key) => !fresh.has(key))
  const blocks = new Map(old)
  for (const key of gone) blocks.delete(key)
  for (const [key, block] of changed) blocks.set(key, block)
  const ordered = [...blocks].sort(([a], [b]) => placeOf(a, old, fresh) - placeOf(b, old, fresh))
  const edited = ordered.map(([, block]) => block).join('')
  const again = readHunt(edited, 'hunt.yml')
  return !('problems' in again) && writeHunt(again) === whole ? edited : whole
}

/** Lines of each top-level key, what stands before the first under the empty key. */
function blocksOf(text: string): ReadonlyMap<string, string> {
  const blocks = new Map<string, string>()
  let key = ''
  for (const line of text.split(/(?<=\n)/)) {
    key = /^([a-z_]+):/.exec(line)?.[1] ?? key
    const ended = line.endsWith('\n') ? line : `${line}\n`
    blocks.set(key, (blocks.get(key) ?? '') + ended)
  }
  return blocks
}

/** Keys stay where they stood; a new one comes after that which precedes it in a file written anew. */
function placeOf(
  key: string,
  old: ReadonlyMap<string, string>,
  fresh: ReadonlyMap<string, string>,
): number {
  const keys = [...old.keys()]
  const at = keys.indexOf(key)
  if (at >= 0) return at
  const order = [...fresh.keys()]
  const before = order.slice(0, order.indexOf(key)).findLast((other) => old.has(other))
  const place = before === undefined ? -1 : keys.indexOf(before)
  return place + (order.indexOf(key) + 1) / (order.length + 1)
}
