// How the tests of senders read what those write.
import { createFramer, type Frame } from '../frames.ts'
import { normalise } from '../normalise.ts'

export const OPTIONS = {
  received: Date.UTC(2026, 10, 21),
  now: Date.UTC(2026, 10, 21),
  timeZone: 'UTC',
}

/** Events of a text: an object is one, lines are framed. */
export function framed(text: string): readonly Frame[] {
  if (text.startsWith('{')) return [{ text, index: 0 }]
  const frames: Frame[] = []
  const framer = createFramer()
  for (const [index, line] of text.split('\n').entries()) framer.line(line, index, frames)
  framer.end(frames)
  return frames
}

/** What becomes of a document. */
export function event(json: object) {
  return normalise(JSON.stringify(json), OPTIONS)
}
