// Rules of SigmaHQ that ask for placeholders run when their lists are given.
import { expect, test } from 'bun:test'
import { loadRules } from '../../sigma/load.ts'
import { contentOptions } from '../../sigma/pipeline/content.ts'
import type { RuleFile } from '../../sigma/rule.ts'
import { corpusFolder } from './corpus.ts'

const root = await corpusFolder('sigmahq')
const EXPANDING_RULES = 25

test.skipIf(root === undefined)(
  'every rule with expand runs with lists, and is refused by name without',
  async () => {
    const files: RuleFile[] = []
    for (const path of new Bun.Glob('rules*/**/*.yml').scanSync({ cwd: root! })) {
      const text = await Bun.file(`${root}/${path}`).text()
      if (/^[^#\n]*\|expand\b/m.test(text)) files.push({ path, text })
    }
    expect(files.length).toBe(EXPANDING_RULES)
    const refused = loadRules(files).refused.map(({ reason }) => reason)
    expect(new Set(refused)).toEqual(new Set(['placeholder-unsupported']))
    const names = files.flatMap(({ text }) => [...text.matchAll(/%([^%\s]+)%/g)].map((m) => m[1]!))
    const lists = [...new Set(names)].map((name) => ({
      path: `lists/${name}.txt`,
      text: '# made for the test\n10.0.0.1\n10.0.0.2\n',
    }))
    const loaded = loadRules(files, contentOptions(lists).options)
    expect(loaded.refused).toEqual([])
    expect(loaded.rules.length).toBe(EXPANDING_RULES)
  },
)
