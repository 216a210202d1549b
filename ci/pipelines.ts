// Pipelines and lists that the command line names.
import { join } from 'node:path'
import type { RuleFile } from '../sigma/rule.ts'
import { UsageError } from './command.ts'
import { suggest } from './suggest.ts'

const SHIPPED = join(import.meta.dir, '../sigma/pipelines')
/** Pipelines that come with Trapline, by name. */
export const SHIPPED_PIPELINES = ['ecs', 'ocsf', 'windows-audit', 'sysmon-linux'] as const

/** Files of shipped pipelines or of paths, in a folder `pipelines` by name so that they count as such. */
export async function namedPipelines(names: readonly string[]): Promise<readonly RuleFile[]> {
  return Promise.all(
    names.map(async (name) => {
      const isShipped = SHIPPED_PIPELINES.some((own) => own === name)
      const file = Bun.file(isShipped ? join(SHIPPED, `${name}.yml`) : name)
      if (!(await file.exists())) {
        const near = suggest(name, [...SHIPPED_PIPELINES])
        const hint = near === undefined ? '' : `, did you mean ${near}?`
        throw new UsageError(
          `no pipeline ${name}${hint} (shipped: ${SHIPPED_PIPELINES.join(', ')})`,
        )
      }
      return { path: `${name}/pipelines/p.yml`, text: await file.text() }
    }),
  )
}

/** Lists of a folder: `NAME.txt` holds the values of `%NAME%`. */
export async function namedLists(folder: string): Promise<readonly RuleFile[]> {
  const found: RuleFile[] = []
  for await (const name of new Bun.Glob('*.txt').scan({ cwd: folder, onlyFiles: true })) {
    found.push({ path: `lists/${name}`, text: await Bun.file(join(folder, name)).text() })
  }
  if (found.length === 0) throw new UsageError(`--lists: no NAME.txt in ${folder}`)
  return found
}
