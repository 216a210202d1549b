// Examples of checks: snippets of top-level keys, put over a rule that nothing is wrong with.
import type { Check, LintFile } from './check.ts'

/** A rule without any finding. Each document of an example has an id and a title of its own. */
function goodRule(n: number): string {
  return `title: Shell Started By Web Server${n === 0 ? '' : ` ${n}`}
id: 6f1d2c5e-8a3b-4c7d-9e10-0a1b2c3d4e${(0x5f + n).toString(16)}
status: test
description: Detects a shell that a web server started, as web shells do.
references:
    - https://example.org/report
author: Blue Team
date: 2026-01-31
tags:
    - attack.persistence
    - attack.t1505.003
logsource:
    product: qualys
    category: application
detection:
    selection:
        User: root
    condition: selection
falsepositives:
    - Unlikely
level: high
`
}

const TOP_KEY = /^([A-Za-z_][\w-]*):/

/** Lines of a document by top-level key, in order. */
function blocks(text: string): Map<string, string> {
  const out = new Map<string, string>()
  let key = ''
  for (const line of text.split('\n')) {
    if (line === '') continue
    key = TOP_KEY.exec(line)?.[1] ?? key
    out.set(key, `${out.get(key) ?? ''}${line}\n`)
  }
  return out
}

/** `key:!` takes a key away; any other takes the place of the rule's. */
function overlay(snippet: string, n: number): string {
  const rule = blocks(goodRule(n))
  const own = blocks(snippet)
  for (const [key, text] of own) {
    if (/^[\w-]+:!/.test(text)) rule.delete(key)
    else rule.set(key, text)
  }
  // An example that moves the title is about the order of keys.
  if ([...own.keys()].indexOf('title') > 0) {
    return [
      ...own.values(),
      ...[...rule].flatMap(([key, text]) => (own.has(key) ? [] : [text])),
    ].join('')
  }
  return [...rule.values()].join('')
}

/** Files that an example stands for, the one it is about first. */
export function exampleFiles(check: Check, snippet: string): readonly LintFile[] {
  const path = check.path ?? 'web_server_shell.yml'
  if (check.on === 'pipeline') return [{ path: 'pipelines/map_fields.yml', text: `${snippet}\n` }]
  if (check.on === 'hunt') return [{ path: 'hunts/web_shells.yml', text: `${snippet}\n` }]
  if (check.on === 'tests') {
    const tests = { path: check.path ?? 'web_server_shell.test.yml', text: `${snippet}\n` }
    return [tests, { path: 'web_server_shell.yml', text: overlay('', 0) }]
  }
  const documents = snippet.split('\n---\n').map(overlay)
  return [{ path, text: documents.join('---\n') }]
}

/** The snippet as the docs show it. */
export function exampleText(snippet: string): string {
  return snippet
    .split('\n')
    .filter((line) => !/^[\w-]+:!/.test(line))
    .join('\n')
}
