// A worker of a backtest over files: reads texts as events and keeps those that any version matches.
import type { Event } from '../../parsers/event.ts'
import { type NormaliseOptions, normalise } from '../../parsers/normalise.ts'
import { compileMatcher } from '../../sigma/eval/matcher.ts'
import type { LoadedRule } from '../../sigma/rule.ts'
import { COST_SAMPLE_MAX } from './cost.ts'
import { createSample } from './sample.ts'

declare const self: Worker

export type FileWorkerRequest =
  | { readonly rules: readonly LoadedRule[]; readonly options: NormaliseOptions }
  | { readonly batch: number; readonly texts: readonly string[] }
  | { readonly sample: true }

export type FileWorkerAnswer =
  | ({ readonly batch: number } & ReadBatch)
  | { readonly sample: readonly Event[] }

/** What a batch of texts holds. Times in milliseconds; no matter without events. */
export interface ReadBatch {
  readonly count: number
  readonly from: number
  readonly to: number
  readonly matched: readonly Event[]
}

let matcher = compileMatcher([])
let options: NormaliseOptions | undefined
const sample = createSample<Event>(COST_SAMPLE_MAX)

self.onmessage = ({ data }: MessageEvent<FileWorkerRequest>) => {
  if ('rules' in data) {
    matcher = compileMatcher(data.rules)
    options = data.options
  } else if ('sample' in data) answer({ sample: sample.items() })
  else answer({ batch: data.batch, ...read(data.texts, options!) })
}

function answer(value: FileWorkerAnswer): void {
  self.postMessage(value)
}

function read(texts: readonly string[], given: NormaliseOptions): ReadBatch {
  const matched: Event[] = []
  let from = Number.POSITIVE_INFINITY
  let to = Number.NEGATIVE_INFINITY
  for (const text of texts) {
    const event = normalise(text, given)
    sample.add(event)
    if (event.time < from) from = event.time
    if (event.time > to) to = event.time
    if (matcher.match(event).length > 0) matched.push(event)
  }
  return { count: texts.length, from, to, matched }
}
