// The regression cases that come with SigmaHQ: for each rule that has one, at least one event of its case
// must fire it, through parser, log source routing and the matcher of all rules at once.
import { expect, test } from 'bun:test'
import { basename, dirname } from 'node:path'
import { readEvents } from '../../ci/input/read-events.ts'
import { normalise } from '../../parsers/normalise.ts'
import { compileMatcher } from '../../sigma/eval/matcher.ts'
import { loadRules } from '../../sigma/load.ts'
import { corpusFolder } from './corpus.ts'

const root = await corpusFolder('sigmahq')

test.skipIf(root === undefined)('101 cases fire their rules', async () => {
  const paths = ['rules', 'rules-emerging-threats', 'rules-threat-hunting'].flatMap((folder) => [
    ...new Bun.Glob(`${folder}/**/*.yml`).scanSync({ cwd: root! }),
  ])
  const files = paths.map(async (path) => ({
    path,
    text: await Bun.file(`${root}/${path}`).text(),
  }))
  const { rules } = loadRules(await Promise.all(files))
  const matcher = compileMatcher(rules)
  const silent: string[] = []
  let cases = 0
  for (const path of new Bun.Glob('regression_data/**/*.json').scanSync({ cwd: root! })) {
    const info = await Bun.file(`${root}/${dirname(path)}/info.yml`).text()
    const wanted = /rule_metadata:\s*\n\s*- id: (\S+)/.exec(info)?.[1]
    expect(wanted, path).toBeDefined()
    cases++
    const fired = new Set<string>()
    for await (const { text } of readEvents(`${root}/${path}`)) {
      const event = normalise(text, { now: 0, received: Date.UTC(2026, 10, 21), timeZone: 'UTC' })
      for (const index of matcher.match(event)) fired.add(rules[index]!.id)
    }
    if (!fired.has(wanted!)) silent.push(basename(path))
  }
  expect(silent).toEqual([])
  expect(cases).toBe(101)
})
