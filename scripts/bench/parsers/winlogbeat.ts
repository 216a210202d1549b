// Winlogbeat's module tests: events as it sends them, and the documents its pipelines make of them.
import { join, relative } from 'node:path'
import type { Case, Suite } from './case.ts'
import { expectedOfEcs } from './ecs.ts'
import { filesBelow, jsonOf } from './files.ts'

type Document = { readonly [name: string]: unknown }

const SENT = '.golden.json'

export const winlogbeat: Suite = async (corpus) => {
  const cases: Case[] = []
  const root = join(corpus, 'elastic-beats/x-pack/winlogbeat')
  const made = new Map(
    (await filesBelow(root, SENT))
      .filter((path) => path.includes('/ingest/'))
      .map((path) => [
        path.replace('/ingest/', '/collection/').replace(SENT, `.evtx${SENT}`),
        path,
      ]),
  )
  for (const path of (await filesBelow(root, SENT)).filter((p) => p.includes('/collection/'))) {
    const oracle = made.get(path)
    if (oracle === undefined) continue
    const documents = await jsonOf<Document[]>(oracle)
    const sent = await jsonOf<Document[]>(path)
    sent.forEach((event, index) => {
      const document = documents[index]
      if (document === undefined) return
      cases.push({
        source: 'windows',
        file: relative(corpus, path),
        line: index + 1,
        text: JSON.stringify(event),
        timeZone: 'UTC',
        expected: expectedOfEcs(document),
      })
    })
  }
  return cases
}
