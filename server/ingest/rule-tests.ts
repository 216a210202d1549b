// The tests beside rules, read with them: counting thousands would hold up the main thread.
import { existsSync, readFileSync } from 'node:fs'
import { parseTestFile } from '../../ci/checks/test-file.ts'
import type { RuleFile } from '../../sigma/rule.ts'

/** How many tests a rule file has that must match and must not; the file where there is one. */
export interface FileTests {
  readonly positive: number
  readonly negative: number
  readonly file?: RuleFile
}

const NONE: FileTests = { positive: 0, negative: 0 }
const EXTENSION = /\.ya?ml$/

/** Reads each test file once; asked with a rule file's path on this machine and its path in the content. */
export function createTestReader(): (file: string, path: string) => FileTests {
  const known = new Map<string, FileTests>()
  return (file, path) => known.getOrInsertComputed(file, () => readTests(file, path))
}

function readTests(file: string, path: string): FileTests {
  const beside = file.replace(EXTENSION, '.test.yml')
  if (!existsSync(beside)) return NONE
  const found = { path: path.replace(EXTENSION, '.test.yml'), text: readFileSync(beside, 'utf8') }
  const { tests } = parseTestFile(found.text, found.path)
  const positive = tests.filter((test) => test.match).length
  return { positive, negative: tests.length - positive, file: found }
}
