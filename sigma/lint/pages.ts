// The pages of the docs, one a check, from the table.
import type { Check } from './check.ts'
import { exampleText } from './example.ts'
import { FAMILIES } from './table.ts'

const SEVERITIES = { error: 'error', warning: 'warning', info: 'info (a note)' } as const

/** Text of every page by file name; `README.md` lists them. */
export function checkPages(): ReadonlyMap<string, string> {
  const pages = new Map<string, string>()
  const index = ['# Checks', '', INTRO, '']
  for (const [family, checks] of Object.entries(FAMILIES)) {
    index.push(`## ${family}`, '', '| check | severity | what it finds |', '| --- | --- | --- |')
    for (const [id, check] of Object.entries<Check>(checks)) {
      pages.set(`${id}.md`, page(id, family, check))
      const fix = check.fixable ? ', `--fix`' : ''
      index.push(
        `| [${id}](${id}.md) | ${check.severity}${fix} | ${check.summary.replaceAll('|', '\\|')} |`,
      )
    }
    index.push('')
  }
  pages.set('README.md', `${index.join('\n').trimEnd()}\n`)
  return pages
}

const INTRO = `\`trapline lint\` and \`trapline check\` run these. Each has a page. Switch one off

- for a line: \`# trapline-lint: disable=ID\` at its end, or on a line of its own before it (several ids with commas;
  \`all\` stands for every check but those of severity error);
- for a file: \`# trapline-lint: disable-file=ID\`;
- for a repository, in \`trapline.yml\`: \`lint: {disable: [ID], severity: {ID: info}, ignore: ['drafts/**']}\`.

What is marked \`--fix\` can be mended by \`trapline lint --fix\`, where that is safe: a fix changes only the bytes it
names, and is left out when the rule would not mean the same as before.`

function page(id: string, family: string, check: Check): string {
  const lines = [`# ${id}`, '', `${sentence(check.summary)}`, '', check.why, '']
  lines.push(`Severity: ${SEVERITIES[check.severity]}. Family: ${family}.`)
  if (check.on === 'reading')
    lines.push(
      'Found while reading or loading: the document does not run until it is mended.'.replace(
        'does not run until it is mended',
        check.severity === 'error' ? 'does not run until it is mended' : 'runs all the same',
      ),
    )
  if (check.fixable)
    lines.push(
      '`trapline lint --fix` can mend it where that is safe; editors offer the fix in any case.',
    )
  lines.push('')
  if (check.bad !== undefined)
    lines.push(
      `## Found in${check.path === undefined ? '' : ` \`${check.path}\``}`,
      '',
      ...code(check.bad),
    )
  if (check.good !== undefined) lines.push('## Better', '', ...code(check.good))
  lines.push(`Switch it off with \`# trapline-lint: disable=${id}\`. [All checks](README.md)`)
  return `${lines.join('\n')}\n`
}

function sentence(text: string): string {
  const first = text.startsWith('`') ? text : text.charAt(0).toUpperCase() + text.slice(1)
  return `${first}.`
}

function code(snippet: string): string[] {
  return ['```yaml', exampleText(snippet), '```', '']
}
