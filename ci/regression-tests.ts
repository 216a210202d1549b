// SigmaHQ's regression cases: a rule names an `info.yml`, which names files of recorded events.
import { stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { newReport } from '../sigma/parse/report.ts'
import { readYaml } from '../sigma/parse/yaml.ts'
import type { Yaml } from '../sigma/rule.ts'
import type { RuleTest, TestEvent } from './checks/test-file.ts'
import { readEvents } from './input/read-events.ts'

const EVENTS_MAX = 10_000
/** Folders above the rule in which the path is looked for: it is relative to the repository. */
const LEVELS_MAX = 16

export interface RegressionTest {
  readonly test: RuleTest
  readonly events: readonly TestEvent[]
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return false
      throw error
    },
  )
}

/** The file, relative to the rule's folder or to one above it; undefined where the data is not there. */
async function locate(rulePath: string, named: string): Promise<string | undefined> {
  let folder = dirname(rulePath)
  for (let level = 0; level < LEVELS_MAX; level++) {
    const path = join(folder, named)
    if (await isThere(path)) return path
    const above = join(folder, '..')
    if (above === folder) return undefined
    folder = above
  }
  return undefined
}

/**
 * The regression tests of a rule. None where it names none, and where the data was not fetched: SigmaHQ
 * names more cases than it ships.
 */
export async function regressionTests(
  rulePath: string,
  ruleText: string,
): Promise<readonly RegressionTest[]> {
  const named = /^regression_tests_path:\s*(\S+)\s*$/m.exec(ruleText)?.[1]
  const path = named === undefined ? undefined : await locate(rulePath, named)
  if (path === undefined) return []
  const [info] = readYaml(await Bun.file(path).text(), () => newReport(path))
  const list =
    info?.value?.kind === 'map' ? info.value.entries.get('regression_tests_info')?.value : undefined
  const out: RegressionTest[] = []
  for (const item of list?.kind === 'list' ? list.items : []) {
    const file = await eventFile(path, textOf(item, 'path'))
    if (file === undefined) continue
    const events: TestEvent[] = []
    for await (const { text } of readEvents(file)) {
      events.push({ raw: text })
      if (events.length >= EVENTS_MAX) break
    }
    const match = textOf(item, 'match_count') !== '0'
    out.push({
      test: { name: textOf(item, 'name') ?? basename(file), match, file: basename(file) },
      events,
    })
  }
  return out
}

/** The events' file lies beside `info.yml`, whatever folder its path names; else its JSON form. */
async function eventFile(info: string, named: string | undefined): Promise<string | undefined> {
  if (named === undefined) return undefined
  const path = join(dirname(info), basename(named))
  for (const candidate of [path, path.replace(/\.\w+$/, '.json')])
    if (await isThere(candidate)) return candidate
  return undefined
}

function textOf(item: Yaml, key: string): string | undefined {
  const value = item.kind === 'map' ? item.entries.get(key)?.value : undefined
  return value !== undefined && 'text' in value && value.kind !== 'null' ? value.text : undefined
}
