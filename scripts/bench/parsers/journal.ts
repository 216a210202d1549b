// Filebeat's journald tests: journal exports, read as `journalctl -o json` would print them.
import { readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { Case, Suite } from './case.ts'
import { expectedOfEcs } from './ecs.ts'
import { filesBelow, jsonOf } from './files.ts'

type Document = { readonly [name: string]: unknown }

const SUFFIX = '.journal-expected.json'

export const journal: Suite = async (corpus) => {
  const cases: Case[] = []
  for (const path of await filesBelow(join(corpus, 'elastic-beats/filebeat'), SUFFIX)) {
    const file = `${path.slice(0, -SUFFIX.length)}.export`
    const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    })
    const entries = bytes === undefined ? [] : entriesOf(bytes)
    const documents = await jsonOf<Document[]>(path)
    documents.forEach((document, index) => {
      const entry = entries[index]
      if (entry === undefined) return
      cases.push({
        source: 'journald',
        file: relative(corpus, file),
        line: index + 1,
        text: JSON.stringify(entry),
        timeZone: 'UTC',
        expected: expectedOfEcs(document),
      })
    })
  }
  return cases
}

/** Entries of a journal export: `NAME=text`, or `NAME`, a 64-bit length and bytes; a blank line ends one. */
function entriesOf(bytes: Buffer): readonly Record<string, string>[] {
  const entries: Record<string, string>[] = [{}]
  let at = 0
  while (at < bytes.length) {
    const newline = bytes.indexOf(0x0a, at)
    const end = newline < 0 ? bytes.length : newline
    const line = bytes.toString('utf8', at, end)
    at = end + 1
    const equals = line.indexOf('=')
    if (line === '') entries.push({})
    else if (equals > 0) entries.at(-1)![line.slice(0, equals)] = line.slice(equals + 1)
    else {
      const length = Number(bytes.readBigUInt64LE(at))
      entries.at(-1)![line] = bytes.toString('utf8', at + 8, at + 8 + length)
      at += 8 + length + 1
    }
  }
  return entries.filter((entry) => entry.__REALTIME_TIMESTAMP !== undefined)
}
