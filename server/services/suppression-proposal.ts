// The pull request of a mute: the filter, its tests, and what it would have hidden.
import type { NewSuppression } from '../stores/state/suppressions.ts'
import type { NewProposal } from './proposals.ts'

const TITLE_MAX_CHARACTERS = 120

/** The change that carries a mute's filter to Git. */
export function proposalOf(suppression: NewSuppression, ruleTitle: string): NewProposal {
  const { filter, tests, path } = suppression
  return {
    kind: 'filter',
    title: `Mute ${ruleTitle}: ${oneLine(suppression.reason)}`.slice(0, TITLE_MAX_CHARACTERS),
    body: bodyOf(suppression, ruleTitle),
    files: [
      { path, text: filter },
      { path: path.replace(/\.yml$/, '.test.yml'), text: tests },
    ],
  }
}

function bodyOf(suppression: NewSuppression, ruleTitle: string): string {
  const { ruleId, criteria, owner, reason, expires, effect, agreedBy } = suppression
  const rows = Object.entries(criteria).map(
    ([name, value]) => `| ${code(name)} | ${[value].flat().map(String).map(code).join(' or ')} |`,
  )
  const verdicts = Object.entries(effect.byVerdict).map(
    ([verdict, count]) => `${count} ${verdict === 'none' ? 'without a verdict' : verdict}`,
  )
  const split = verdicts.length === 0 ? '' : ` (${verdicts.join(', ')})`
  const lines = [
    escaped(reason),
    '',
    `Hides events of ${ruleId === undefined ? escaped(ruleTitle) : `${escaped(ruleTitle)} (${code(ruleId)})`} where`,
    '',
    '| field | is |',
    '| --- | --- |',
    ...rows,
    '',
    `Of the ${effect.looked} alerts of the last ${effect.days} days it would have hidden ${effect.hidden}${split}; ${effect.partly} more would have had fewer events.`,
    ...(agreedBy === undefined ? [] : ['', `Hides a true positive; ${code(agreedBy)} agreed.`]),
    '',
    `Owner: ${code(owner)}. The mute acts on the server already and ends ${new Date(expires).toISOString()} unless this is merged; then what it held comes back.`,
  ]
  return `${lines.join('\n')}\n`
}

function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\s]+/gu, ' ').trim()
}

/** Text of people, so that Markdown and HTML in it stay text. */
function escaped(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>#|!@]/g, '\\$&')
}

/** A value as code; backticks and line ends in it cannot end it. */
function code(text: string): string {
  const plain = oneLine(text).replaceAll('`', "'").replaceAll('|', '\\|')
  return `\`${plain}\``
}
