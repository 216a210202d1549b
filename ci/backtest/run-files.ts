// A backtest over files of events. They have no alerts, so no verdicts.
import { UsageError } from '../command.ts'
import type { Budgets } from '../settings.ts'
import { type Changes, withMoved } from './changes.ts'
import { conclude, type Outcome, rulesOf } from './conclude.ts'
import type { FileWork, ReadBatch } from './file-reader.ts'
import { readFiles } from './files.ts'
import { type Readings, ruleVersions, sumOfReadings } from './moved.ts'
import { createReplay } from './replay.ts'

export interface FileEvents {
  readonly files: readonly string[]
  readonly source: string | undefined
  readonly onEvents: (count: number) => void
}

/** Replays events of files; where parsers' tables changed, they are read twice. */
export async function backtestFiles(
  given: Changes,
  { files, source, onEvents }: FileEvents,
  budgets: Budgets,
): Promise<Outcome> {
  const { tables, loaded } = given
  const now = Date.now()
  const options = { now, received: now, timeZone: 'UTC', source }
  const base = { options, tables }
  const count = (batch: ReadBatch) => onEvents(batch.count)
  let readings: Readings | undefined
  if (tables.changed.length > 0) {
    if (files.includes('-'))
      throw new UsageError(`${tables.changed[0]} changed: events are read twice, so not from "-"`)
    const versions = ruleVersions(loaded.before, loaded.after)
    const rests = await readFiles(files, { ...base, versions }, count)
    readings = sumOfReadings(rests.flatMap((rest) => rest.readings ?? []))
  }
  const changes = withMoved(given, readings?.moved ?? [])
  const replay = createReplay(changes.changed)
  const rules = changes.changed.flatMap((one) => [
    ...rulesOf(one, 'before'),
    ...rulesOf(one, 'after'),
  ])
  const work: FileWork = { ...base, rules: [...new Set(rules)] }
  const rests = await readFiles(files, work, (batch) => {
    for (const pair of batch.matched)
      if (pair.before === pair.after) replay.add(pair.after)
      else replay.addPair(pair)
    replay.skip(batch.count - batch.matched.length, batch.from, batch.to)
    count(batch)
  })
  const sample = rests.flatMap((rest) => rest.sample)
  const parts = { replayed: replay.result(), sample, past: [], seen: new Map(), budgets }
  return { ...conclude(parts), ...(readings === undefined ? {} : { readings }) }
}
