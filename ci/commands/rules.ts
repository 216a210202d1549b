// `trapline rules`: upstream rules as a locked dependency.
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { EXIT, UsageError } from '../command.ts'
import { importSimpleRules } from '../import/simple-rules.ts'
import { fetchRules, verifyRules } from '../upstream/fetch.ts'
import { LOCK_FILE, readLock } from '../upstream/lock.ts'

export const summary =
  'Brings upstream rules in, locked by commit, and checks that they are unchanged'
export const usage = `trapline rules fetch NAME@COMMIT --from GIT_URL_OR_FOLDER [--into DIR] [--sets A,B]
       trapline rules verify [--into DIR]
       trapline rules import FILE... [--into DIR]
  fetch     puts the rules below DIR/NAME and writes DIR/${LOCK_FILE}
  verify    compares what is there with the lock; exit code 1 when it differs
  import    makes Sigma rules of rules with simple conditions (contains, equals, regex, any, all)
  --from    a Git repository by URL or path, or a plain folder (then locked by content only)
  --into    default: rules
  --sets    folders of the source to take; default: rules, rules-emerging-threats, rules-threat-hunting
            where they exist, else everything`

const CHANGES_SHOWN = 20

export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { from: { type: 'string' }, into: { type: 'string' }, sets: { type: 'string' } },
  })
  const into = values.into ?? 'rules'
  const [action, what, ...rest] = positionals
  if (action === 'import') return importFiles(positionals.slice(1), values.into ?? 'detections')
  if (rest.length > 0) throw new UsageError(`unexpected "${rest[0]}"`)
  if (action === 'verify' && what === undefined) return verify(into)
  if (action !== 'fetch') throw new UsageError('say "fetch", "verify" or "import"')
  if (what === undefined) throw new UsageError('say what to fetch: NAME@COMMIT')
  if (values.from === undefined) throw new UsageError('say where from: --from GIT_URL_OR_FOLDER')
  const [name = '', commit] = what.split('@', 2)
  const sets = values.sets?.split(',')
  return fetch({ name, commit, from: values.from, into, ...(sets === undefined ? {} : { sets }) })
}

async function fetch(request: Parameters<typeof fetchRules>[0]): Promise<number> {
  const { locked, changes } = await fetchRules(request)
  const at = locked.commit === null ? 'no commit: a plain folder' : locked.commit
  const folder = resolve(request.into, request.name)
  console.log(`${locked.files} rule files in ${folder} (${at})`)
  console.log(`content ${locked.sha256}, locked in ${resolve(request.into, LOCK_FILE)}`)
  if (changes.length === 0) console.log('nothing changed since the last fetch')
  else if (changes.length < locked.files) show(changes)
  console.log(`\nRun them:  TRAPLINE_RULES=${folder} npm start`)
  return EXIT.ok
}

/** Writes a Sigma file for each rule; one that is there already is left alone. */
async function importFiles(files: readonly string[], into: string): Promise<number> {
  if (files.length === 0) throw new UsageError('say which files to import')
  let problems = 0
  for (const path of files) {
    const file = Bun.file(path)
    if (!(await file.exists())) throw new UsageError(`cannot read ${path}`)
    const { rules, diagnostics } = importSimpleRules(await file.text(), path)
    for (const { line, message } of diagnostics) console.error(`${path}:${line}: ${message}`)
    problems += diagnostics.length
    for (const rule of rules) {
      const target = resolve(into, rule.file)
      if (await Bun.file(target).exists()) {
        console.error(`${target} is there already`)
        problems++
        continue
      }
      await Bun.write(target, rule.text)
      console.log(target)
    }
  }
  return problems === 0 ? EXIT.ok : EXIT.badRule
}

async function verify(into: string): Promise<number> {
  const { sources } = await readLock(into)
  const names = Object.keys(sources)
  if (names.length === 0) throw new UsageError(`${resolve(into, LOCK_FILE)} locks nothing`)
  const findings = await verifyRules(into)
  if (findings.length === 0) {
    console.log(`${names.join(', ')}: as locked`)
    return EXIT.ok
  }
  show(findings)
  return EXIT.findings
}

function show(lines: readonly string[]): void {
  for (const line of lines.slice(0, CHANGES_SHOWN)) console.log(line)
  if (lines.length > CHANGES_SHOWN) console.log(`and ${lines.length - CHANGES_SHOWN} more`)
}
